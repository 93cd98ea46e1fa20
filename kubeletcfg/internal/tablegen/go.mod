module github.com/plegctl/plegctl/kubeletcfg/internal/tablegen

go 1.26
