// Package cluster makes a Kubernetes cluster: a control plane, whose programs are services
// on a node without a kubelet, and nodes that are wired to it. Nothing of it is in this
// machine's own network.
//
// It has no kube-proxy, no DNS and no pod network: pods are on their host's network.
package cluster

import (
	"context"
	"fmt"
	"time"

	"github.com/plegctl/plegctl/e2e/lab/node"
	"github.com/plegctl/plegctl/e2e/lab/pki"
)

// Cluster is a control plane and the nodes that joined it.
type Cluster struct {
	Control *node.Node

	parts     node.Parts
	authority *pki.Authority
	joined    int
}

const (
	address = "10.99.0.1"
	server  = "https://" + address + ":6443"
)

// Boot starts a control plane. layers hold etcd, the control plane's programs and kubectl
// below usr/bin.
func Boot(ctx context.Context, parts node.Parts, name string, layers ...string) (*Cluster, error) {
	authority, err := pki.New()
	if err != nil {
		return nil, err
	}
	files, err := controlFiles(authority)
	if err != nil {
		return nil, err
	}
	control, err := node.Boot(ctx, parts, node.Spec{Name: name + "-control", Systemd: true, Layers: layers, Files: files})
	if err != nil {
		return nil, err
	}
	c := &Cluster{Control: control, parts: parts, authority: authority}
	if err := c.start(ctx); err != nil {
		control.Stop()
		return nil, fmt.Errorf("start the control plane: %w", err)
	}
	return c, nil
}

// start starts the programs in order: the controller-manager and the scheduler end at once
// where the API server is not ready.
func (c *Cluster) start(ctx context.Context) error {
	for _, line := range []string{
		"ip link add br0 type bridge && ip address add " + address + "/24 dev br0 && ip link set br0 up && ip link set lo up",
		"systemctl start etcd kube-apiserver",
	} {
		if _, err := c.Control.Must(ctx, line); err != nil {
			return err
		}
	}
	if err := c.AwaitAPI(ctx); err != nil {
		return err
	}
	// Without the binding exec, logs and proxy get 403 from the kubelets.
	_, err := c.Control.Must(ctx, `systemctl start kube-controller-manager kube-scheduler
		kubectl create clusterrolebinding apiserver --clusterrole=system:kubelet-api-admin --user=kube-apiserver-kubelet-client`)
	return err
}

// AwaitAPI waits until the API server is ready.
func (c *Cluster) AwaitAPI(ctx context.Context) error {
	return node.Poll(ctx, time.Minute, func(ctx context.Context) error {
		_, err := c.Control.Must(ctx, "kubectl get --raw /readyz")
		return err
	})
}

// Join boots a node, wires it and waits until the cluster calls it ready.
func (c *Cluster) Join(ctx context.Context, spec node.Spec) (*node.Node, error) {
	c.joined++
	own := fmt.Sprintf("10.99.0.%d", 10+c.joined)
	spec.Join = &node.Membership{Authority: c.authority, Server: server, Address: own}
	n, err := node.Boot(ctx, c.parts, spec)
	if err != nil {
		return nil, err
	}
	if err := c.connect(ctx, n, own); err != nil {
		n.Stop()
		return nil, fmt.Errorf("join %s: %w", n.Name, err)
	}
	return n, nil
}

func (c *Cluster) connect(ctx context.Context, n *node.Node, own string) error {
	port := fmt.Sprintf("v%d", c.joined)
	if err := c.Control.Wire(ctx, port, n, "eth0"); err != nil {
		return err
	}
	if _, err := c.Control.Must(ctx, "ip link set "+port+" master br0 up"); err != nil {
		return err
	}
	_, err := n.Must(ctx, "ip address add "+own+"/24 dev eth0 && ip link set eth0 up && ip route replace default via "+address+" && systemctl enable --now kubelet")
	if err != nil {
		return err
	}
	_, err = c.Control.Must(ctx, "for i in $(seq 100); do kubectl get node "+n.Spec.Name+" >/dev/null 2>&1 && break; sleep 0.2; done; kubectl wait --for=condition=Ready --timeout=90s node/"+n.Spec.Name)
	return err
}

// Kubectl runs kubectl as the cluster's admin.
func (c *Cluster) Kubectl(ctx context.Context, args string) node.Output {
	return c.Control.Run(ctx, "kubectl "+args)
}

// Stop ends the control plane; nodes are stopped on their own.
func (c *Cluster) Stop() { c.Control.Stop() }
