{{/* Nobody logs in with it unless its role is told to. */}}
{{- define "common.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}

{{/* Without an address of its own: a cluster pays for each one with all the others, and the gateway finds the pod by its endpoints. */}}
{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  clusterIP: None
  selector: {{- include "common.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 8080, targetPort: http, protocol: TCP, appProtocol: http}
{{- end -}}

{{/* One pod may always go: a budget that forbids it would block the draining of a node for ever. */}}
{{- define "common.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{- include "common.selector" . | nindent 6 }}
{{- end -}}

{{/* The name of the claim that a role's folder lies on. */}}
{{- define "common.claimName" -}}
{{ .settings.storage.existingClaim | default (include "common.name" .) }}
{{- end -}}

{{/* Stays when the release goes: people's posts are not the release's to throw away. */}}
{{- define "common.claim" -}}
{{- if not .settings.storage.existingClaim -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "common.name" . }}
  labels: {{- include "common.selector" . | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [ReadWriteOnce]
  {{- with .settings.storage.className }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ .settings.storage.size }}
{{- end -}}
{{- end -}}

{{/* What may be used in the namespace, and what a pod that says nothing gets: without it the quota would refuse such a pod. Takes: root, role, part, quota, namespace. */}}
{{- define "common.quota" -}}
apiVersion: v1
kind: ResourceQuota
metadata:
  name: {{ include "common.name" . }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  hard:
    pods: {{ .quota.pods | quote }}
    requests.cpu: {{ .quota.cpu | quote }}
    requests.memory: {{ .quota.memory | quote }}
    limits.memory: {{ .quota.memory | quote }}
    persistentvolumeclaims: {{ .quota.claims | quote }}
    requests.storage: {{ .quota.storage | quote }}
    services.loadbalancers: "0"
    services.nodeports: "0"
---
apiVersion: v1
kind: LimitRange
metadata:
  name: {{ include "common.name" . }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  limits:
    - type: Container
      defaultRequest: {cpu: 10m, memory: 64Mi}
      default: {memory: 128Mi}
{{- end -}}
