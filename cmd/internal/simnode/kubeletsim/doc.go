// Package kubeletsim plays a kubelet of one named version, as far as Evented PLEG is
// concerned: it reads its configuration when it starts and dies of what the real one dies
// of, opens the event stream of a real CRI server, relists at the pace of its version,
// restarts the container of one pod, serves /metrics, /configz and /healthz, and writes the
// log lines of its minor release as text or JSON.
//
// What the releases do differently is one table, [behaviours]; it shares nothing with what
// plegctl knows of kubelets. The tests of package simnode hold it against recordings of
// real kubelets. Start with [Start].
package kubeletsim
