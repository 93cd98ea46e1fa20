package runtimesim

import (
	"context"
	"encoding/json"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// server answers the CRI calls of one daemon.
type server struct {
	runtimeapi.UnimplementedRuntimeServiceServer
	runtimeapi.UnimplementedImageServiceServer
	d *Daemon
}

func (s *server) Version(context.Context, *runtimeapi.VersionRequest) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{
		Version: "0.1.0", RuntimeName: s.d.opts.Runtime, RuntimeVersion: s.d.does.prefix + s.d.opts.Version, RuntimeApiVersion: "v1",
	}, nil
}

func (s *server) Status(_ context.Context, r *runtimeapi.StatusRequest) (*runtimeapi.StatusResponse, error) {
	resp := &runtimeapi.StatusResponse{Status: &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
		{Type: runtimeapi.RuntimeReady, Status: true}, {Type: runtimeapi.NetworkReady, Status: true},
	}}}
	// containerd 2.x moved the pause image out of this answer; CRI-O 1.33 and later show
	// their whole configuration (cri-o/cri-o#9129).
	config := map[string]any{}
	if s.d.does.showsPause {
		config["sandboxImage"] = s.d.opts.PauseImage
	}
	if s.d.does.showsConfig {
		config["crio"] = map[string]any{"EnablePodEvents": s.d.config.podEvents, "PauseImage": s.d.opts.PauseImage}
	}
	info, err := json.Marshal(config)
	if r.GetVerbose() {
		resp.Info = map[string]string{"config": string(info)}
	}
	return resp, err
}

// GetContainerEvents: with events off the daemon ends the stream at once and cleanly.
func (s *server) GetContainerEvents(_ *runtimeapi.GetEventsRequest, stream eventStream) error {
	switch {
	case s.d.does.events == nobody:
		return status.Error(codes.Unimplemented, "method GetContainerEvents not implemented")
	case !s.d.config.podEvents:
		return nil
	}
	return s.d.hub.serve(stream)
}

func (s *server) ImageStatus(_ context.Context, r *runtimeapi.ImageStatusRequest) (*runtimeapi.ImageStatusResponse, error) {
	resp := &runtimeapi.ImageStatusResponse{}
	if ref := r.GetImage().GetImage(); slices.Contains(s.d.store.images, ref) {
		resp.Image = s.d.image(ref)
	}
	return resp, nil
}

func (s *server) ListImages(context.Context, *runtimeapi.ListImagesRequest) (*runtimeapi.ListImagesResponse, error) {
	resp := &runtimeapi.ListImagesResponse{}
	for _, ref := range s.d.store.images {
		resp.Images = append(resp.Images, s.d.image(ref))
	}
	return resp, nil
}

// image: the pause image is pinned.
func (d *Daemon) image(ref string) *runtimeapi.Image {
	return &runtimeapi.Image{Id: "sha256:" + ref, RepoTags: []string{ref}, Pinned: ref == d.opts.PauseImage}
}
