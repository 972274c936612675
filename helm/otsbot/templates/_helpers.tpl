{{- /* Names. Kubernetes allows 63 characters; the longest suffix has 10. */}}
{{- define "otsbot.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* What all pods of the release have in common. */}}
{{- define "otsbot.instance" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The bot's pods, and not that of "helm test". */}}
{{- define "otsbot.selector" -}}
{{ include "otsbot.instance" . }}
app.kubernetes.io/component: bot
{{- end }}

{{- define "otsbot.labels" -}}
{{ include "otsbot.instance" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "otsbot.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "otsbot.secretName" -}}
{{ .Values.existingSecret | default (include "otsbot.name" .) }}
{{- end }}

{{- /* The restricted Pod Security level. There is no runAsUser: the image has
a number, and OpenShift wants to choose its own. */}}
{{- define "otsbot.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false # a Service called "ots" would set variables that look like settings
securityContext:
  runAsNonRoot: true
  {{- if and .bot .root.Values.store.file.enabled .root.Values.store.file.group }}
  fsGroup: {{ int .root.Values.store.file.group }} # who may write to the volume
  fsGroupChangePolicy: OnRootMismatch
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /* What the bot and its check have in common: image, settings, tokens. A "-"
before a file's path allows that the Secret has no such key. The store's file is
the bot's alone: one process may have it open. */}}
{{- define "otsbot.container" -}}
{{- $bot := .bot }}
{{- with .root -}}
image: {{ include "otsbot.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
envFrom:
  - configMapRef:
      name: {{ include "otsbot.name" . }}
env:
  {{- $keys := dict "SLACK_BOT_TOKEN" false "SLACK_APP_TOKEN" false "OTS_USERNAME" true "OTS_API_TOKEN" true "ENCRYPTION_KEY" true }}
  {{- if not .Values.store.file.enabled }}{{ $_ := set $keys "STORE_URL" true }}{{ end }}
  {{- range $key, $optional := $keys }}
  {{- if eq $.root.Values.secretsAs "files" }}
  - name: {{ $key }}_FILE
    value: {{ if $optional }}-{{ end }}/secrets/{{ $key }}
  {{- else }}
  - name: {{ $key }}
    valueFrom:
      secretKeyRef:
        name: {{ include "otsbot.secretName" $.root }}
        key: {{ $key }}
        {{- if $optional }}
        optional: true
        {{- end }}
  {{- end }}
  {{- end }}
  {{- if and $bot .Values.store.file.enabled }}
  - name: STORE_URL
    value: file:/var/lib/otsbot/otsbot.db
  {{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
{{- with include "otsbot.mounts" $ | trim }}
volumeMounts:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "otsbot.mounts" -}}
{{- if eq .root.Values.secretsAs "files" }}
- name: secrets
  mountPath: /secrets
  readOnly: true
{{- end }}
{{- if .root.Values.extraCertificates.configMap }}
- name: certificates
  mountPath: /certificates
  readOnly: true
{{- end }}
{{- if and .bot .root.Values.store.file.enabled }}
- name: store
  mountPath: /var/lib/otsbot
{{- end }}
{{- end }}

{{- define "otsbot.volumes" -}}
{{- if eq .root.Values.secretsAs "files" }}
- name: secrets
  secret:
    secretName: {{ include "otsbot.secretName" .root }}
    defaultMode: 292 # 0444: which user the pod runs as isn't known here
{{- end }}
{{- with .root.Values.extraCertificates.configMap }}
- name: certificates
  configMap:
    name: {{ . }}
{{- end }}
{{- if and .bot .root.Values.store.file.enabled }}
- name: store
  persistentVolumeClaim:
    claimName: {{ include "otsbot.claimName" .root }}
{{- end }}
{{- end }}

{{- define "otsbot.claimName" -}}
{{ .Values.store.file.existingClaim | default (include "otsbot.name" .) }}
{{- end }}

{{- /* Settings in the ConfigMap. Numbers come as floats, and 604800 must not
become 6.048e+05. */}}
{{- define "otsbot.settings" -}}
LISTEN_ADDR: ":8080"
{{- range $name, $value := .Values.settings }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ if kindIs "float64" $value }}{{ int64 $value | toString | quote }}{{ else }}{{ toString $value | quote }}{{ end }}
{{- end }}
{{- end }}
{{- with .Values.proxy }}
{{- if .url }}
HTTPS_PROXY: {{ .url | quote }}
{{- end }}
{{- if .except }}
NO_PROXY: {{ .except | quote }}
{{- end }}
{{- end }}
{{- if .Values.extraCertificates.configMap }}
SSL_CERT_DIR: /certificates # besides the public authorities in the image
{{- end }}
{{- end }}
