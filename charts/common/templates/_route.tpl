{{/* Whether each library has a certificate, and with Gateway API a listener, of its own: the provisioner makes them where shared homes are. */}}
{{- define "common.listeners" -}}
{{- with .certificates }}{{ if and .issuer .namespace }}yes{{ end }}{{ end -}}
{{- end -}}

{{/* From host names to the Service. Takes: root, role, part, service (its part), hosts. An HTTPRoute holds sixteen names, so there may be several. */}}
{{- define "common.route" -}}
{{- $route := .root.Values.route -}}
{{- $at := . -}}
{{- if and (eq $route.kind "gateway") .hosts -}}
{{- range $number, $hosts := chunk 16 .hosts }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ include "common.name" (merge (dict "part" (compact (list $at.part (ternary "" (toString $number) (eq $number 0))) | join "-")) $at) }}
  labels: {{- include "common.labels" $at | nindent 4 }}
spec:
  parentRefs:
    {{- if include "common.listeners" $route }}
    {{- $domains := list }}{{ range $hosts }}{{ $domains = append $domains (regexReplaceAll "^[^.]+[.]" . "") }}{{ end }}
    {{- range uniq $domains }}
    - group: gateway.networking.k8s.io
      kind: ListenerSet
      name: {{ . }}
      namespace: {{ $route.certificates.namespace }}
    {{- end }}
    {{- else }}
    - name: {{ required "route.gateway.name must say which Gateway the route belongs to" $route.gateway.name }}
      {{- with $route.gateway.namespace }}
      namespace: {{ . }}
      {{- end }}
      {{- with $route.gateway.section }}
      sectionName: {{ . }}
      {{- end }}
    {{- end }}
  hostnames: {{- toYaml $hosts | nindent 4 }}
  rules:
    - backendRefs:
        - name: {{ include "common.name" $at }}
          port: 8080
{{- end }}
{{- else if and (eq $route.kind "ingress") .hosts -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
  {{- $annotations := $route.ingress.annotations }}
  {{- if include "common.listeners" $route }}{{ $annotations = merge (dict "cert-manager.io/cluster-issuer" $route.certificates.issuer) $annotations }}{{ end }}
  {{- with $annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $route.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with ternary (printf "%s-certificate" (include "common.name" .)) $route.ingress.tlsSecret (eq (include "common.listeners" $route) "yes") }}
  tls:
    - secretName: {{ . }}
      hosts: {{- toYaml $at.hosts | nindent 8 }}
  {{- end }}
  rules:
    {{- range .hosts }}
    - host: {{ . | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "common.name" $at }}
                port: {name: http}
    {{- end }}
{{- end -}}
{{- end -}}
