// CoreDNS with the plugins that names of Services need, and no others: its usual build brings clients of every cloud.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() {
	// The order in which a question passes through the plugins; CoreDNS knows only those that stand here.
	dnsserver.Directives = []string{"bind", "errors", "kubernetes"}
	coremain.Run()
}
