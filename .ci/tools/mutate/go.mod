module github.com/plegctl/plegctl/tools/mutate

go 1.26.8
