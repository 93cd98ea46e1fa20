module github.com/plegctl/plegctl/e2e

go 1.26
