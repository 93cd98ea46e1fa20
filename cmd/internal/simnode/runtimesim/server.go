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
	if r.GetVerbose() {
		info, err := json.Marshal(s.d.shownConfig())
		if err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
		resp.Info = map[string]string{"config": string(info)}
	}
	return resp, nil
}

// shownConfig: containerd 2.x moved the pause image out of this answer; CRI-O 1.33 and
// later show their whole configuration (cri-o/cri-o#9129).
func (d *Daemon) shownConfig() map[string]any {
	shown := map[string]any{}
	if d.does.showsPause {
		shown["sandboxImage"] = d.opts.PauseImage
	}
	if d.does.showsConfig {
		shown["crio"] = map[string]any{"EnablePodEvents": d.config.podEvents, "PauseImage": d.opts.PauseImage}
	}
	return shown
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

// images answers the image service.
type images struct {
	runtimeapi.UnimplementedImageServiceServer
	d *Daemon
}

func (i *images) ImageStatus(_ context.Context, r *runtimeapi.ImageStatusRequest) (*runtimeapi.ImageStatusResponse, error) {
	ref := r.GetImage().GetImage()
	if !slices.Contains(i.d.store.imageList(), ref) {
		return &runtimeapi.ImageStatusResponse{}, nil
	}
	return &runtimeapi.ImageStatusResponse{Image: i.d.image(ref)}, nil
}

func (i *images) ListImages(context.Context, *runtimeapi.ListImagesRequest) (*runtimeapi.ListImagesResponse, error) {
	resp := &runtimeapi.ListImagesResponse{}
	for _, ref := range i.d.store.imageList() {
		resp.Images = append(resp.Images, i.d.image(ref))
	}
	return resp, nil
}

// image: the pause image is pinned.
func (d *Daemon) image(ref string) *runtimeapi.Image {
	return &runtimeapi.Image{Id: "sha256:" + ref, RepoTags: []string{ref}, Pinned: ref == d.opts.PauseImage}
}
