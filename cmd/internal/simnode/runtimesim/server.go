package runtimesim

import (
	"context"
	"encoding/json"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/plegctl/plegctl/verify/known"
)

// server answers the CRI calls of one daemon.
type server struct {
	runtimeapi.UnimplementedRuntimeServiceServer
	d *Daemon
}

func (s *server) Version(context.Context, *runtimeapi.VersionRequest) (*runtimeapi.VersionResponse, error) {
	version := s.d.known.Version.String()
	if s.d.known.Name == known.Containerd && !s.d.known.Version.MinorLess(2, 0) {
		version = "v" + version
	}
	return &runtimeapi.VersionResponse{Version: "0.1.0", RuntimeName: string(s.d.known.Name), RuntimeVersion: version, RuntimeApiVersion: "v1"}, nil
}

func (s *server) Status(_ context.Context, r *runtimeapi.StatusRequest) (*runtimeapi.StatusResponse, error) {
	resp := &runtimeapi.StatusResponse{Status: &runtimeapi.RuntimeStatus{Conditions: []*runtimeapi.RuntimeCondition{
		{Type: runtimeapi.RuntimeReady, Status: true},
		{Type: runtimeapi.NetworkReady, Status: true},
	}}}
	if s.d.known.Name == known.Containerd && !s.d.known.Version.MinorLess(1, 7) {
		resp.Status.Conditions = append(resp.Status.Conditions, &runtimeapi.RuntimeCondition{Type: "ContainerdHasNoDeprecationWarnings", Status: true})
	}
	if r.GetVerbose() {
		info, err := s.d.verboseInfo()
		if err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
		resp.Info = info
	}
	return resp, nil
}

// verboseInfo: CRI-O 1.27 to 1.32 show the pause image only, 1.33 and later their whole
// configuration, 1.26 nothing (cri-o/cri-o#9129); containerd 1.x shows the pause image,
// 2.x moved it out of this answer.
func (d *Daemon) verboseInfo() (map[string]string, error) {
	v := d.known.Version
	config := map[string]any{}
	switch {
	case d.known.Name == known.CRIO && v.MinorLess(1, 27):
		return nil, nil
	case d.known.Name == known.CRIO:
		config["sandboxImage"] = d.opts.PauseImage
		if d.known.StatusShowsEvents {
			config["crio"] = map[string]any{"EnablePodEvents": d.podEvents, "PauseImage": d.opts.PauseImage}
		}
	case v.MinorLess(2, 0):
		config["sandboxImage"] = d.opts.PauseImage
	default:
		config["containerdRootDir"] = "/var/lib/containerd"
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	return map[string]string{"config": string(text)}, nil
}

// GetContainerEvents opens one reader's stream.
func (s *server) GetContainerEvents(_ *runtimeapi.GetEventsRequest, stream eventStream) error {
	v := s.d.known.Version
	if s.d.known.Events == known.EventsNone {
		switch {
		case s.d.known.Name == known.CRIO && !v.MinorLess(1, 25):
			return nil
		case s.d.known.Name == known.Containerd && v.Less(known.V(1, 6, 9)), s.d.known.Name == known.CRIO:
			return status.Error(codes.Unimplemented, "unknown method GetContainerEvents for service runtime.v1.RuntimeService")
		}
		return status.Error(codes.Unimplemented, "method GetContainerEvents not implemented")
	}
	return s.d.hub.serve(stream)
}

// RuntimeConfig gives the cgroup driver: containerd 2.0 and CRI-O 1.28 and later.
func (s *server) RuntimeConfig(context.Context, *runtimeapi.RuntimeConfigRequest) (*runtimeapi.RuntimeConfigResponse, error) {
	v := s.d.known.Version
	if s.d.known.Name == known.Containerd && v.MinorLess(2, 0) || s.d.known.Name == known.CRIO && v.MinorLess(1, 28) {
		return nil, status.Error(codes.Unimplemented, "unknown method RuntimeConfig for service runtime.v1.RuntimeService")
	}
	return &runtimeapi.RuntimeConfigResponse{Linux: &runtimeapi.LinuxRuntimeConfiguration{CgroupDriver: runtimeapi.CgroupDriver_SYSTEMD}}, nil
}

// images answers the image service.
type images struct {
	runtimeapi.UnimplementedImageServiceServer
	d *Daemon
}

func (i *images) ImageStatus(_ context.Context, r *runtimeapi.ImageStatusRequest) (*runtimeapi.ImageStatusResponse, error) {
	ref := r.GetImage().GetImage()
	if !i.d.store.image(ref) {
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

// image: the pause image is pinned from containerd 1.7.3 and CRI-O 1.26 on.
func (d *Daemon) image(ref string) *runtimeapi.Image {
	pinned := ref == d.opts.PauseImage && (d.known.Name == known.CRIO || d.known.Version.AtLeast(known.V(1, 7, 3)))
	return &runtimeapi.Image{Id: "sha256:" + ref, RepoTags: []string{ref}, Pinned: pinned}
}
