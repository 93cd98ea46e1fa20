package kubeletsim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/plegctl/plegctl/verify/known"
)

// otherGates are feature gates that configurations in the field set; the simulated
// kubelet takes them in every version and gives them no meaning.
func otherGates() []string {
	return []string{
		"AllAlpha", "AllBeta", "APISelfSubjectReview", "AnyVolumeDataSource", "AppArmor", "CPUManager", "CPUManagerPolicyAlphaOptions",
		"CPUManagerPolicyBetaOptions", "CPUManagerPolicyOptions", "CSIMigration", "CSIVolumeHealth", "CloudDualStackNodeIPs",
		"ContainerCheckpoint", "CrossNamespaceVolumeDataSource", "CustomCPUCFSQuotaPeriod", "DevicePluginCDIDevices", "DisableCloudProviders",
		"DisableKubeletCloudCredentialProviders", "DynamicResourceAllocation", "EphemeralContainers", "ExpandCSIVolumes",
		"GracefulNodeShutdown", "GracefulNodeShutdownBasedOnPodPriority", "HPAContainerMetrics", "ImageMaximumGCAge", "ImageVolume", "InPlacePodVerticalScaling",
		"InTreePluginAWSUnregister", "InTreePluginAzureDiskUnregister", "InTreePluginGCEUnregister", "KubeletCgroupDriverFromCRI",
		"KubeletCrashLoopBackOffMax", "KubeletFineGrainedAuthz", "KubeletInUserNamespace", "KubeletPSI", "KubeletPodResources", "KubeletPodResourcesGet",
		"KubeletSeparateDiskGC", "KubeletServiceAccountTokenForCredentialProviders", "KubeletTracing", "LocalStorageCapacityIsolation",
		"LocalStorageCapacityIsolationFSQuotaMonitoring", "LogarithmicScaleDown", "MemoryManager", "MemoryQoS", "MixedProtocolLBService", "MultiCIDRServiceAllocator",
		"NodeLogQuery", "NodeSwap", "PodLevelResources", "PodLifecycleSleepAction", "PodReadyToStartContainersCondition",
		"ProcMountType", "QOSReserved", "RecursiveReadOnlyMounts", "RotateKubeletClientCertificate", "RotateKubeletServerCertificate", "SeccompDefault",
		"SELinuxMount", "SidecarContainers", "StructuredAuthenticationConfiguration", "SupplementalGroupsPolicy", "TTLAfterFinished", "TopologyManager",
		"TopologyManagerPolicyAlphaOptions", "TopologyManagerPolicyBetaOptions", "TopologyManagerPolicyOptions", "UserNamespacesSupport",
		"UserNamespacesPodSecurityStandards", "VolumeAttributesClass", "WatchList", "WinDSR", "WinOverlay", "WindowsHostNetwork",
	}
}

// checkGates is what makes a kubelet refuse its gates, "" where it takes them all. Names
// are case-sensitive.
func checkGates(v known.Version, gates map[string]bool) string {
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		switch {
		case name == known.Gate:
			if !known.KubeletAt(v).GateExists() {
				return "unrecognized feature gate: " + name
			}
		case name == "PLEGOnDemandRelist":
			// 1.36 brought it as beta, 1.37 locked it (kubernetes/kubernetes#140805).
			if v.MinorLess(1, 36) {
				return "unrecognized feature gate: " + name
			}
			if !v.MinorLess(1, 37) && !gates[name] {
				return "cannot set feature gate PLEGOnDemandRelist to false, feature is locked to true"
			}
		case !slices.Contains(otherGates(), name):
			return "unrecognized feature gate: " + name
		}
	}
	if !v.MinorLess(1, 37) && gates["AllAlpha"] {
		return "WorkloadWithJob is enabled, but depends on features that are disabled: [GenericWorkload]"
	}
	return ""
}

// gateOn is the value after the defaults: off everywhere, on by AllAlpha where the gate
// is alpha and by AllBeta where it was beta, unless it is set by name.
func gateOn(v known.Version, gates map[string]bool) bool {
	if on, set := gates[known.Gate]; set {
		return on
	}
	switch known.KubeletAt(v).Stage {
	case known.StageAlpha:
		return gates["AllAlpha"]
	case known.StageBeta:
		return gates["AllBeta"]
	}
	return false
}

// parseGateFlag reads the value of --feature-gates.
func parseGateFlag(value string) (map[string]bool, error) {
	gates := map[string]bool{}
	for pair := range strings.SplitSeq(value, ",") {
		pair = strings.TrimSpace(pair)
		if pair == "" {
			continue
		}
		name, text, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("missing bool value for %s", pair)
		}
		on, err := strconv.ParseBool(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("invalid value of %s=%s, err: %w", name, text, err)
		}
		gates[strings.TrimSpace(name)] = on
	}
	return gates, nil
}
