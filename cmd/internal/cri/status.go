package cri

import (
	"context"
	"encoding/json"
	"strings"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// Condition is one of the runtime's own statements about its state.
type Condition struct {
	Type, Reason, Message string
	True                  bool
}

// Status is what the runtime says of itself.
type Status struct {
	Conditions []Condition
	// Info is filled by a verbose question only; its values are the runtime's own JSON.
	Info map[string]string
}

// Ready reports whether the runtime says it can take pods; the network may still be missing.
func (s Status) Ready() bool {
	for _, c := range s.Conditions {
		if c.Type == runtimeapi.RuntimeReady {
			return c.True
		}
	}
	return false
}

// PodEvents reports whether CRI-O's events are switched on, as its verbose status shows it,
// from 1.33.0 on (cri-o/cri-o#9129); known is false elsewhere.
func (s Status) PodEvents() (on, known bool) {
	var config struct {
		CRIO struct{ EnablePodEvents *bool } `json:"crio"`
	}
	if json.Unmarshal([]byte(s.Info["config"]), &config) != nil || config.CRIO.EnablePodEvents == nil {
		return false, false
	}
	return *config.CRIO.EnablePodEvents, true
}

// Status asks for the runtime's conditions, and with verbose for its own extra facts.
func (c *Client) Status(ctx context.Context, verbose bool) (Status, error) {
	r, err := c.runtime.Status(ctx, &runtimeapi.StatusRequest{Verbose: verbose})
	if err != nil {
		return Status{}, c.failed("Status", err)
	}
	s := Status{Info: r.GetInfo()}
	for _, cond := range r.GetStatus().GetConditions() {
		s.Conditions = append(s.Conditions, Condition{Type: cond.GetType(), Reason: cond.GetReason(), Message: cond.GetMessage(), True: cond.GetStatus()})
	}
	return s, nil
}

// ImagePresent tells whether the runtime holds the image already.
func (c *Client) ImagePresent(ctx context.Context, ref string) (bool, error) {
	r, err := c.images.ImageStatus(ctx, &runtimeapi.ImageStatusRequest{Image: &runtimeapi.ImageSpec{Image: ref}})
	if err != nil {
		return false, c.failed("ImageStatus", err)
	}
	return r.GetImage() != nil, nil
}

// PauseImage is the name of the image under pod sandboxes, "" where the runtime does not
// tell. CRI-O and containerd 1.x show it in their verbose status; containerd 2.x moved it
// to its images plugin and shows only that the image is pinned.
func (c *Client) PauseImage(ctx context.Context) (string, error) {
	s, err := c.Status(ctx, true)
	if err != nil {
		return "", err
	}
	var config struct {
		SandboxImage string `json:"sandboxImage"`
	}
	if json.Unmarshal([]byte(s.Info["config"]), &config) == nil && config.SandboxImage != "" {
		return config.SandboxImage, nil
	}
	images, err := c.images.ListImages(ctx, &runtimeapi.ListImagesRequest{})
	if err != nil {
		return "", c.failed("ListImages", err)
	}
	for _, image := range images.GetImages() {
		for _, tag := range image.GetRepoTags() {
			if image.GetPinned() && strings.Contains(tag, "pause") {
				return tag, nil
			}
		}
	}
	return "", nil
}
