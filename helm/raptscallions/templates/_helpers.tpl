{{- define "raptscallions.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "raptscallions.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "raptscallions.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "raptscallions.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that never change, because selectors use them. */}}
{{- define "raptscallions.selector" -}}
app.kubernetes.io/name: {{ include "raptscallions.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "raptscallions.labels" -}}
{{ include "raptscallions.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "raptscallions.image" -}}
{{- $image := .root.Values.image -}}
{{- $path := printf "%s/%s" $image.repository .target -}}
{{- with $image.registry }}{{ $path = printf "%s/%s" . $path }}{{ end -}}
{{- printf "%s:%s" $path (default .root.Chart.AppVersion $image.tag) -}}
{{- end -}}

{{- define "raptscallions.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "raptscallions.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "raptscallions.secretName" -}}
{{- if .Values.secrets.existingSecret -}}
{{- .Values.secrets.existingSecret -}}
{{- else if .Values.secrets.sealed -}}
{{- printf "%s-secrets" (include "raptscallions.fullname" .) -}}
{{- else -}}
{{- fail "Give the secrets: secrets.existingSecret (a Secret with DATABASE_URL, SESSION_SECRET…) or secrets.sealed." -}}
{{- end -}}
{{- end -}}

{{/* The sources of the settings, for containers and hooks. */}}
{{- define "raptscallions.envFrom" -}}
- configMapRef:
    name: {{ include "raptscallions.fullname" . }}
- secretRef:
    name: {{ include "raptscallions.secretName" . }}
{{- end -}}

{{- define "raptscallions.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "raptscallions.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Spreads the pods of one component over nodes and zones if possible. */}}
{{- define "raptscallions.spread" -}}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "raptscallions.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "raptscallions.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
- name: data
  {{- if .Values.storage.volume.enabled }}
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-data" (include "raptscallions.fullname" .)) .Values.storage.volume.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: 64Mi
  {{- end }}
{{- end -}}

{{- define "raptscallions.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /data
{{- end -}}

{{- define "raptscallions.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "raptscallions.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  labels:
    {{- include "raptscallions.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ .name }}
  minReplicas: {{ .autoscaling.minReplicas }}
  maxReplicas: {{ .autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .autoscaling.targetCPUUtilizationPercentage }}
  behavior:
    scaleDown:
      # Scales down slowly, because open streams end with their pod.
      stabilizationWindowSeconds: 600
{{- end -}}

{{- define "raptscallions.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels:
    {{- include "raptscallions.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .budget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "raptscallions.selector" . | nindent 6 }}
{{- end -}}

{{/* A Job that Helm starts and waits for. */}}
{{- define "raptscallions.hook" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "raptscallions.fullname" .root }}-{{ .component }}
  labels:
    {{- include "raptscallions.labels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .when }}
    helm.sh/hook-weight: "0"
    # A failed Job stays, with its log.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 3
  activeDeadlineSeconds: {{ .settings.timeoutSeconds }}
  template:
    metadata:
      labels:
        {{- include "raptscallions.selector" . | nindent 8 }}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- include "raptscallions.podSecurity" .root | nindent 8 }}
      containers:
        - name: {{ .component }}
          image: {{ include "raptscallions.image" . | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: {{ .args | toJson }}
          env:
            - name: NODE_ENV
              value: production
            {{- range $name, $value := .root.Values.config }}
            {{- if ne (toString $value) "" }}
            - name: {{ $name }}
              value: {{ $value | toString | quote }}
            {{- end }}
            {{- end }}
          envFrom:
            - secretRef:
                name: {{ include "raptscallions.secretName" .root }}
          securityContext:
            {{- include "raptscallions.containerSecurity" .root | nindent 12 }}
          resources:
            {{- toYaml .settings.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
{{- end -}}
