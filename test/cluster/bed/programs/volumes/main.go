// Gives every claim of the bed's one node a folder of its own below a root folder, and takes the folder away with the volume.
//
// The volumes are of the kind "local", not "hostPath", because the kubelet hands only those to a pod's group (fsGroup): a pod that is
// not root, as all of ours, could not write to the other kind.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const provisioner = "understory.test/folder"

type folders struct {
	root string
	node string
}

func (f folders) Provision(_ context.Context, asked controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	path := filepath.Join(f.root, asked.PVName)
	if err := os.Mkdir(path, 0o770); err != nil && !os.IsExist(err) {
		return nil, controller.ProvisioningFinished, err
	}
	volume := &core.PersistentVolume{ObjectMeta: meta.ObjectMeta{Name: asked.PVName}}
	volume.Spec.AccessModes = asked.PVC.Spec.AccessModes
	volume.Spec.Capacity = core.ResourceList{core.ResourceStorage: asked.PVC.Spec.Resources.Requests[core.ResourceStorage]}
	volume.Spec.PersistentVolumeReclaimPolicy = *asked.StorageClass.ReclaimPolicy
	volume.Spec.Local = &core.LocalVolumeSource{Path: path}
	here := core.NodeSelectorRequirement{Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{f.node}}
	term := core.NodeSelectorTerm{MatchExpressions: []core.NodeSelectorRequirement{here}}
	volume.Spec.NodeAffinity = &core.VolumeNodeAffinity{Required: &core.NodeSelector{NodeSelectorTerms: []core.NodeSelectorTerm{term}}}
	return volume, controller.ProvisioningFinished, nil
}

func (f folders) Delete(_ context.Context, volume *core.PersistentVolume) error {
	return os.RemoveAll(filepath.Join(f.root, filepath.Base(volume.Spec.Local.Path)))
}

func main() {
	root := flag.String("root", "", "the folder below which every volume gets one")
	node := flag.String("node", "", "the name of the node")
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	config.QPS, config.Burst = 200, 400
	client := kubernetes.NewForConfigOrDie(config)
	given := folders{root: *root, node: *node}
	// One process on one machine: nobody else could lead.
	controller.NewProvisionController(context.Background(), client, provisioner, given, controller.LeaderElection(false)).Run(context.Background())
}
