package plan

// Units are what a sequence needs to know of the node to restart things in order. The record
// keeps them for the way back.
type Units struct {
	// Offline reports whether no systemd is there to learn of changed unit files.
	Offline  bool   `json:"-"`
	Kubelet  string `json:"kubeletUnit,omitempty"`
	Runtime  string `json:"runtimeUnit,omitempty"`
	Endpoint string `json:"endpoint,omitempty"`
	// KeepsEvents reports whether the runtime keeps the events that nobody reads for the next
	// reader.
	KeepsEvents bool `json:"keepsEvents,omitempty"`
	// HealthzAddress and HealthzPort are where the kubelet answers /healthz; port 0 is nowhere.
	HealthzAddress string `json:"healthzAddress,omitempty"`
	HealthzPort    int    `json:"healthzPort,omitempty"`
	// Accepted reports whether known harm was accepted by name.
	Accepted bool `json:"-"`
	Proof
}

// sequence puts steps on files in the one order that is safe. A kubelet survives five failed
// event streams in its whole life and makes them within a millisecond
// (kubernetes/kubernetes#129827), so it must not run while the runtime restarts, and must
// not start before the runtime answers.
func sequence(files []Step, u Units, kubelet, runtime, staged bool) []Step {
	reload := false
	for _, f := range files {
		reload = reload || roleOf(f) == UnitDropIn
	}
	var steps []Step
	if staged && reload && !u.Offline {
		return append(files, ReloadUnits{})
	}
	if staged {
		return files
	}
	if kubelet && !runtime && u.Endpoint != "" && u.KeepsEvents { // one that is restarted keeps none
		steps = append(steps, DrainEvents{u.Endpoint})
	}
	if kubelet || runtime {
		steps = append(steps, StopUnit{u.Kubelet})
	}
	steps = append(steps, files...)
	if reload {
		steps = append(steps, ReloadUnits{})
	}
	if runtime {
		steps = append(steps, RestartUnit{u.Runtime})
	}
	if !kubelet && !runtime {
		return steps
	}
	if u.Endpoint != "" {
		steps = append(steps, AwaitCRI{u.Endpoint})
	}
	steps = append(steps, StartUnit{u.Kubelet})
	if u.HealthzPort > 0 {
		steps = append(steps, AwaitHealthz{u.HealthzAddress, u.HealthzPort})
	}
	steps = append(steps, Settle{u.Kubelet, u.Settle})
	if u.Level != "" {
		steps = append(steps, Verify{Level: u.Level, Strict: u.Strict, Accepted: u.Accepted, Wait: u.Wait})
	}
	return steps
}

// changed tells which of kubelet and runtime read a file that the steps change.
func changed(files []Step) (kubelet, runtime bool) {
	for _, f := range files {
		switch roleOf(f) {
		case KubeletConfig:
			kubelet = true
		case RuntimeConfig:
			runtime = true
		case UnitDropIn:
		}
	}
	return kubelet, runtime
}

func roleOf(s Step) Role {
	switch s := s.(type) {
	case CreateFile:
		return s.Role
	case WriteFile:
		return s.Role
	case RemoveFile:
		return s.Role
	case RestoreFile:
		return s.Role
	}
	return ""
}
