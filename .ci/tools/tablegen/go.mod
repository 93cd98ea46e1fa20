module github.com/plegctl/plegctl/.ci/tools/tablegen

go 1.26
