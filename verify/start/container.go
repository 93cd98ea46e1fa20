package start

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// containerFlags are the options of "run" without a value, of podman 5, docker 28 and
// nerdctl 2; containerValued are those with one. For any other option it is not known
// where the image's name stands.
const containerFlags = "detach interactive tty publish-all quiet rm privileged init read-only read-only-tmpfs replace " +
	"no-healthcheck oom-kill-disable sig-proxy disable-content-trust no-hosts no-hostname env-host http-proxy passwd rmi " +
	"tls-verify unsetenv-all rootless"

const containerValued = "attach add-host annotation arch authfile blkio-weight blkio-weight-device cap-add cap-drop cert-dir " +
	"cgroup-conf cgroup-parent cgroupns cgroups chrootdirs cidfile conmon-pidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime " +
	"cpu-shares cpus cpuset-cpus cpuset-mems creds detach-keys device device-cgroup-rule device-read-bps device-read-iops " +
	"device-write-bps device-write-iops dns dns-opt dns-option dns-search domainname entrypoint env env-file env-merge expose " +
	"gidmap gpus group-add group-entry health-cmd health-interval health-retries health-start-period health-timeout " +
	"health-on-failure hostname hostuser image-volume init-path ip ip6 ipc isolation kernel-memory label label-file link " +
	"link-local-ip log-driver log-opt mac-address memory memory-reservation memory-swap memory-swappiness mount name net network " +
	"network-alias net-alias oom-score-adj os passwd-entry personality pid pidfile pids-limit platform pod pod-id-file preserve-fd preserve-fds " +
	"publish pull requires restart retry retry-delay runtime sdnotify seccomp-policy secret security-opt shm-size shm-size-systemd " +
	"stop-signal stop-timeout storage-opt subgidname subuidname sysctl systemd timeout tmpfs tz uidmap ulimit umask unsetenv user " +
	"userns uts variant volume volume-driver volumes-from workdir"

// container is "podman run OPTIONS IMAGE ARGUMENTS" and its likes.
func container(p *peeler, words []word) ([]word, bool) {
	name := path.Base(words[0].String())
	stop := func(w word, reason string) ([]word, bool) {
		p.limit(w, fmt.Sprintf("%s starts %s: %s", p.what, name, reason))
		return nil, true
	}
	run := slices.IndexFunc(words, func(w word) bool { return w.String() == "run" })
	if run < 0 {
		return stop(words[0], "the container was made earlier, with arguments that the unit does not hold")
	}
	own, rest, reason := starter{
		flags: "ditPq", valued: "acehlmpuvw", long: containerFlags, longValued: containerValued,
	}.strip(words[run+1:])
	if reason != "" {
		return stop(words[0], reason)
	}
	image, rest := rest[0], rest[1:]
	entrypoint, hasEntrypoint := p.enter(own)
	if hasEntrypoint {
		return append([]word{entrypoint}, rest...), false
	}
	if len(rest) > 0 && !strings.HasPrefix(rest[0].String(), "-") {
		return rest, false
	}
	if image.unknown != "" {
		return stop(image, image.unknown)
	}
	if program := imageName(image.String()); p.isProgram(program) && len(rest) > 0 {
		p.cmd.Program = program
		image.text = text{bytes: []byte(program), at: image.at, from: image.from}
		return append([]word{image}, rest...), false
	}
	return stop(image, fmt.Sprintf("which program the image %s starts is not known", image.String()))
}

// enter makes the command one that runs in a container, as the options of "run" have it.
func (p *peeler) enter(own []starterOption) (entrypoint word, given bool) {
	p.cmd.Contained, p.cmd.Directory, p.env = true, "/", newEnvironment()
	p.env.others = "the container's image and the options of its start may set further variables"
	for _, o := range own {
		if strings.HasPrefix(o.value.String(), "=") { // -v=/a:/b
			o.value.text = o.value.cut(1, len(o.value.bytes))
		}
		switch value := o.value.String(); o.name {
		case "entrypoint":
			entrypoint, given = o.value, true
		case "w", "workdir":
			p.cmd.Directory = value
		case "e", "env":
			p.assign(o.value)
		case "v", "volume":
			if parts := strings.Split(value, ":"); len(parts) > 1 && strings.HasPrefix(parts[0], "/") {
				p.cmd.Mounts = append(p.cmd.Mounts, Mount{path.Clean(parts[0]), path.Clean(parts[1])})
			}
		case "mount":
			p.mount(value)
		}
	}
	return entrypoint, given
}

// mount reads "type=bind,source=HOST,target=INSIDE".
func (p *peeler) mount(value string) {
	m, bind := Mount{}, false
	for part := range strings.SplitSeq(value, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "type":
			bind = value == "bind"
		case "src", "source":
			m.Host = path.Clean(value)
		case "dst", "destination", "target":
			m.Inside = path.Clean(value)
		}
	}
	if bind && m.Inside != "" {
		p.cmd.Mounts = append(p.cmd.Mounts, m)
	}
}

// imageName returns the last part of an image's name, without tag and digest.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name, _, _ := strings.Cut(path.Base(image), ":")
	return name
}

// HostPath returns the path on the node of a file that the daemon opens under name; false
// where the daemon sees a file of its container instead, or another one.
func (c Command) HostPath(name string) (string, bool) {
	if !path.IsAbs(name) {
		name = path.Join("/", c.Directory, name)
	}
	isBelow := func(dir string) bool { return name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/") }
	if !c.Contained {
		return name, !slices.ContainsFunc(c.hidden, isBelow)
	}
	best := Mount{}
	for _, m := range c.Mounts {
		if isBelow(m.Inside) && len(m.Inside) >= len(best.Inside) {
			best = m
		}
	}
	if best.Inside == "" {
		return "", false
	}
	return path.Join(best.Host, strings.TrimPrefix(name, best.Inside)), true
}
