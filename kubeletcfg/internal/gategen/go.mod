module github.com/plegctl/plegctl/kubeletcfg/internal/gategen

go 1.26
