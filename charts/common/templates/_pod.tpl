{{/* Pod security "restricted", the pod's half. One user for the process and for the files of its volume. */}}
{{- define "common.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The container's half. */}}
{{- define "common.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* A memory limit in MiB, from "512Mi" or "2Gi". */}}
{{- define "common.mebibytes" -}}
{{- if hasSuffix "Gi" . -}}{{ mul 1024 (trimSuffix "Gi" . | int) }}{{- else -}}{{ trimSuffix "Mi" . }}{{- end -}}
{{- end -}}

{{/*
  Node keeps six tenths of the limit for objects. The rest is for what it counts elsewhere: buffers, SQLite's pages, pictures, stacks.
  Without the flag it takes the machine's memory for its own and is killed at the limit instead of collecting. What is young and soon forgotten gets 8 MiB a side:
  with Node's own choice a bridge of a thousand issuers takes half as much again.
*/}}
{{- define "common.nodeOptions" -}}
--max-old-space-size={{ div (mul 6 (include "common.mebibytes" . | int)) 10 }} --max-semi-space-size=8
{{- end -}}

{{/* Memory is limited, the processor is not: a limit there only makes a busy minute slow for everyone. */}}
{{- define "common.resources" -}}
requests:
  cpu: {{ .cpu | quote }}
  memory: {{ .memory.request | quote }}
limits:
  memory: {{ .memory.limit | quote }}
{{- end -}}

{{/* A probe of one of the role's addresses. */}}
{{- define "common.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
periodSeconds: {{ .every }}
timeoutSeconds: 5
failureThreshold: {{ .failures }}
{{- end -}}

{{/* What runs a role: one container of the one image, and what its files lie on. */}}
{{- define "common.roleContainer" -}}
name: {{ .role }}
image: {{ include "common.image" .root.Values.image | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args: [{{ .role }}]
env:
  - {name: UNDERSTORY_PORT, value: "8080"}
  - {name: UNDERSTORY_DATA, value: /data}
  - {name: UNDERSTORY_SECRETS, value: /secrets}
  - {name: UNDERSTORY_LOG_LEVEL, value: {{ .root.Values.logLevel | quote }}}
  {{- with .root.Values.network.gatewayRanges }}
  - {name: UNDERSTORY_TRUST_PROXY, value: {{ join "," . | quote }}}
  {{- end }}
  {{- range .environment }}
  - {name: {{ .name }}, value: {{ .value | quote }}}
  {{- end }}
  {{- if .root.Values.authorities }}
  - {name: NODE_EXTRA_CA_CERTS, value: /authorities/ca.crt}
  {{- end }}
  - {name: HOME, value: /tmp}
  # As many pools as there are processors would each keep what was let go of.
  - {name: MALLOC_ARENA_MAX, value: "2"}
  - {name: NODE_OPTIONS, value: {{ include "common.nodeOptions" .settings.memory.limit | quote }}}
ports:
  - {name: http, containerPort: 8080, protocol: TCP}
securityContext: {{- include "common.containerSecurity" . | nindent 2 }}
resources: {{- include "common.resources" .settings | nindent 2 }}
startupProbe: {{- include "common.probe" (dict "path" "/healthz" "every" 2 "failures" 60) | nindent 2 }}
livenessProbe: {{- include "common.probe" (dict "path" "/healthz" "every" 20 "failures" 3) | nindent 2 }}
readinessProbe: {{- include "common.probe" (dict "path" "/readyz" "every" 5 "failures" 2) | nindent 2 }}
# The endpoints are gone before the process is asked to stop.
lifecycle:
  preStop:
    sleep:
      seconds: 5
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: scratch, mountPath: /tmp}
  - {name: secrets, mountPath: /secrets, readOnly: true}
  {{- if .root.Values.authorities }}
  - {name: authorities, mountPath: /authorities, readOnly: true}
  {{- end }}
  {{- with .mounts }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}
