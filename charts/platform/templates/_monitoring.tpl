{{/* Labels of what Prometheus' operator reads: the chart's own, and those by which it selects. */}}
{{- define "platform.monitoringLabels" -}}
{{ include "common.labels" . }}
{{- with .root.Values.monitoring.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The alerts of infra/monitoring/rules.yaml, word for word; only where they lead to is the operator's. */}}
{{- define "platform.alerts" -}}
{{- $rules := .root.Files.Get "rules.yaml" -}}
{{- with .root.Values.monitoring.docs }}{{ $rules = $rules | replace "runbook_url: docs/" (printf "runbook_url: %s" .) }}{{ end -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "common.name" (merge (dict "part" "alerts") .) }}
  labels: {{- include "platform.monitoringLabels" . | nindent 4 }}
spec:
  groups: {{- ($rules | fromYaml).groups | toYaml | nindent 4 }}
{{- end -}}

{{/* Whose numbers are read: the roles beside this release, and its homes wherever they are. */}}
{{- define "platform.monitors" -}}
{{- $homes := .root.Values.homes -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ include "common.name" (merge (dict "part" "roles") .) }}
  labels: {{- include "platform.monitoringLabels" . | nindent 4 }}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: understory
      app.kubernetes.io/instance: {{ .root.Release.Name }}
  podMetricsEndpoints:
    - {port: http, path: /metrics}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ include "common.name" (merge (dict "part" "homes") .) }}
  labels: {{- include "platform.monitoringLabels" . | nindent 4 }}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: understory
      app.kubernetes.io/component: home
  namespaceSelector:
    {{- if $homes.libraries.enabled }}
    any: true
    {{- else }}
    matchNames: [{{ $homes.namespace }}]
    {{- end }}
  podMetricsEndpoints:
    - port: http
      path: /metrics
      {{- if $homes.libraries.enabled }}
      # Another platform's homes are not ours to watch.
      relabelings:
        - action: keep
          sourceLabels: [__meta_kubernetes_namespace]
          regex: {{ printf "%s|%s.+" $homes.namespace $homes.libraries.prefix | quote }}
      {{- end }}
{{- end -}}
