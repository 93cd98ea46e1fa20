package tomldoc

// shapes are the ways in which a table and its neighbours can be written.
func shapes() []string {
	return []string{
		"[crio]\n[crio.runtime.runtimes.runc]\nx = 1\n",
		"[crio.runtime]\n  a=1\n  # c\n  # enable_pod_events = false\n\n[x]\n",
		"# [crio.runtime]\n# enable_pod_events = true\n",
		"[crio.runtime]\n# [crio.runtime.x]\n# enable_pod_events = true\n",
		"crio.runtime.x = 1\n[y]\n",
		"[crio]\nruntime.x=1\n[crio.runtime.z]\n",
		"crio = { runtime = {} }\n",
		"crio = {  }",
		"crio={runtime={a=1,b=2}}\n",
		"crio = {runtime = {\n a = 1, # c\n},}\n",
		"[ \"crio\" . 'runtime' ]\r\nx = [\r\n1]\r\n",
		"[CRIO.Runtime]\nENABLE_pod_events=false#x",
		"[[crio.runtime]]\n",
		"[crio]\nruntime = 1\n",
		"x = \"\"\"\n[crio.runtime]\n\"\"\"\n[crio.runtime]\ny = '''\n\n'''",
		"\xef\xbb\xbf",
		"\xef\xbb\xbf\n\n",
		"[x]\n  y = 1\n\n\n\n[crio.runtime] # c",
		"[[a]]\n[a.crio.runtime]\n[[a]]\n[crio.runtime.b]\n",
		"crio.runtime.x = 1\n[crio.runtime]\ny = 2\n",
		"crio . runtime . x=1",
		"[plugins]\n  [plugins.'io.containerd.grpc.v1.cri'.containerd]\n    x = nan\n",
	}
}
