// Package kubeletsim plays a kubelet of one named version, as far as Evented PLEG is
// concerned: it reads its configuration when it starts and dies of what the real one dies
// of, opens the event stream of a real CRI server, bears five failures and no more, relists
// at the pace of its version, runs the pods it is given, serves /metrics, /configz and
// /healthz, and writes the log lines of its minor release at its verbosity as text or JSON.
//
// It reads configuration with its own code, so that it is an independent judge of what
// plegctl writes. What it logs and counts is held against recordings of real kubelets in
// testdata. Sources are kubernetes v1.26.15 to v1.37.2; each place names the file. Start
// with [Start].
package kubeletsim
