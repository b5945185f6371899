{{/*
  Out to the world by HTTPS, and to nothing that is only reachable from in here: the addresses people give a server (of another server, of a
  picture) must not lead to the neighbor's database or the cloud's metadata. A second wall: the outgoing client refuses them too.
*/}}
{{- define "common.world" -}}
- to:
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/4, 240.0.0.0/4]
    - ipBlock:
        cidr: "2000::/3"
        except: ["2001:db8::/32", "2002::/16"]
  ports:
    - {protocol: TCP, port: 443}
{{- end -}}

{{- define "common.dns" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.network.dnsNamespace }}
    {{- range .Values.network.dnsRanges }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{/* A place that is named: an address range and its ports, with the reason beside it. */}}
{{- define "common.named" -}}
# {{ .why }}
- to:
    - ipBlock:
        cidr: {{ .cidr | quote }}
  ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}

{{- define "common.peerNamespace" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . }}
{{- end -}}

{{/* Nothing comes in or goes out but what stands here. Takes: root, role, part, from (namespaces), fromRanges (of addresses), fromMark (of namespaces that a platform labelled as its own), to (rules), allow (named places), world (whether the open world is reached), publicNames (whether public names are), edge (where these are connected to). */}}
{{- define "common.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- range uniq .from }}
        {{- include "common.peerNamespace" . | nindent 8 }}
        {{- end }}
        {{- range .fromRanges }}
        - ipBlock: {cidr: {{ . | quote }}}
        {{- end }}
        {{- with .fromMark }}
        - namespaceSelector:
            matchLabels:
              understory/platform: {{ . }}
        {{- end }}
      ports:
        - {protocol: TCP, port: http}
  egress:
    {{- include "common.dns" .root | nindent 4 }}
    {{- if .world }}
    {{- include "common.world" . | nindent 4 }}
    {{- end }}
    {{- if or .world .publicNames }}
    {{- $network := .root.Values.network }}
    {{- with $network.gatewayNamespace }}
    # A public name is called from inside, and in many clusters that ends at the gateway's own pod, at the port of that.
    - to:
        {{- include "common.peerNamespace" . | nindent 8 }}
      ports:
        {{- range $network.gatewayPorts }}
        - {protocol: TCP, port: {{ . }}}
        {{- end }}
    {{- end }}
    {{- with regexFind "^[0-9.]+:[0-9]+$" (.edge | default "") }}
    {{- $at := splitList ":" . }}
    # Where public names are connected to instead, since that is said by its address.
    - to:
        - ipBlock: {cidr: {{ first $at }}/32}
      ports:
        - {protocol: TCP, port: {{ last $at }}}
    {{- end }}
    {{- end }}
    {{- range .to }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- range .allow }}
    {{- include "common.named" . | nindent 4 }}
    {{- end }}
{{- end -}}
