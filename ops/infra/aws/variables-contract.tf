# Written by `starter-console contract render` from packages/starter_contracts/contract; change that.
# Knobs of AWS alone are in variables.tf.

variable "project_name" {
  description = "Name of the product; names of all resources begin with it."
  type        = string
  nullable    = false

  validation {
    condition     = !(!(var.project_name == "" ? false : can(regex("^(?:[a-z][a-z0-9-]{1,18}[a-z0-9])$", var.project_name))))
    error_message = "project_name must be 3 to 20 lower-case letters, digits and dashes, and begin with a letter."
  }
}

variable "environment" {
  description = "Label of the deployment, such as staging or production."
  type        = string
  nullable    = false

  validation {
    condition     = !(!contains(["development", "test", "staging", "production"], var.environment))
    error_message = "environment must be development, test, staging or production."
  }
}

variable "region" {
  description = "Region of the deployment."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.region != "") ? !(var.region == "" ? false : can(regex("^(?:[a-z]{2}(-[a-z]+)+-[0-9])$", var.region))) : false))
    error_message = "region must be a region such as eu-central-1."
  }
}

variable "api_image" {
  description = "Image of the API; worker and migration run it too."
  type        = string
  nullable    = false

  validation {
    condition     = !((var.api_image == "" ? false : can(regex("^(?:([A-Za-z0-9.-]+(:[0-9]+)?/)?[A-Za-z0-9/._-]+(:latest)?)$", var.api_image))))
    error_message = "api_image must have a tag other than latest, or a digest, so that a rollback is possible."
  }
}

variable "web_image" {
  description = "Image of the web application."
  type        = string
  nullable    = false

  validation {
    condition     = !((var.web_image == "" ? false : can(regex("^(?:([A-Za-z0-9.-]+(:[0-9]+)?/)?[A-Za-z0-9/._-]+(:latest)?)$", var.web_image))))
    error_message = "web_image must have a tag other than latest, or a digest, so that a rollback is possible."
  }
}

variable "worker_image" {
  description = "Image of the worker; without it api_image."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.worker_image != "") ? (var.worker_image == "" ? false : can(regex("^(?:([A-Za-z0-9.-]+(:[0-9]+)?/)?[A-Za-z0-9/._-]+(:latest)?)$", var.worker_image))) : false))
    error_message = "worker_image must have a tag other than latest, or a digest, so that a rollback is possible."
  }
}

variable "registry_server" {
  description = "Host of a private registry."
  type        = string
  default     = ""
  nullable    = false
}

variable "registry_username" {
  description = "User at that registry."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.registry_server != "") ? !(var.registry_username != "") : false))
    error_message = "registry_username is needed with registry_server."
  }
}

variable "registry_password" {
  description = "Password of that user."
  type        = string
  default     = ""
  nullable    = false
  sensitive   = true
  ephemeral   = true
}

variable "app_public_url" {
  description = "Address of the web application as people type it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !((contains(["production"], var.environment) ? !(var.app_public_url != "") : false))
    error_message = "app_public_url is required when environment is production."
  }

  validation {
    condition     = !(((var.app_public_url != "") ? !(var.app_public_url == "" ? false : can(regex("^(?:https?://[A-Za-z0-9.:-]+)$", var.app_public_url))) : false))
    error_message = "app_public_url must be an origin such as https://app.example.com, without a path."
  }

  validation {
    condition     = !((contains(["production"], var.environment) ? contains(["http"], try(lower(regex("^([A-Za-z][A-Za-z0-9+.-]*)://", var.app_public_url)[0]), "")) : false))
    error_message = "app_public_url must be https in production."
  }
}

variable "api_base_url" {
  description = "Address of the API as the web server reaches it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !((contains(["production"], var.environment) ? !(var.api_base_url != "") : false))
    error_message = "api_base_url is required when environment is production."
  }

  validation {
    condition     = !(((var.api_base_url != "") ? !(var.api_base_url == "" ? false : can(regex("^(?:https?://[A-Za-z0-9.:-]+)$", var.api_base_url))) : false))
    error_message = "api_base_url must be an origin such as https://api.example.com, without a path."
  }
}

variable "secrets_provider" {
  description = "Secret manager of the deployment."
  type        = string
  default     = "aws_sm"
  nullable    = false

  validation {
    condition     = !(((var.secrets_provider != "") ? !contains(["vault_dev", "vault_hcp", "infisical_cloud", "infisical_self_host", "aws_sm", "azure_kv", "gcp_sm", "vault", "infisical"], var.secrets_provider) : false))
    error_message = "secrets_provider must be vault_hcp, infisical_cloud, infisical_self_host, aws_sm, azure_kv or gcp_sm."
  }

  validation {
    condition     = !((contains(["production"], var.environment) ? contains(["vault_dev"], var.secrets_provider) : false))
    error_message = "secrets_provider must not be vault_dev in production, it forgets everything when it stops."
  }
}

variable "auth_key_storage_provider" {
  description = "Secret manager of the signing keys; without it secrets_provider."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.auth_key_storage_provider != "") ? !contains(["vault_dev", "vault_hcp", "infisical_cloud", "infisical_self_host", "aws_sm", "azure_kv", "gcp_sm", "vault", "infisical"], var.auth_key_storage_provider) : false))
    error_message = "auth_key_storage_provider must be one of the secret managers that secrets_provider may be."
  }
}

variable "auth_key_secret_name" {
  description = "Name or path of the signing keys in that secret manager."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.auth_key_storage_provider != "") ? (!contains(["aws_sm"], var.auth_key_storage_provider) ? !(var.auth_key_secret_name != "") : false) : false))
    error_message = "auth_key_secret_name is needed with this auth_key_storage_provider."
  }
}

variable "auth_key_secret_arn" {
  description = "ARN of the signing keys; the role of the API is allowed exactly this secret."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.auth_key_secret_arn != "") ? !(var.auth_key_secret_arn == "" ? false : can(regex("^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+)$", var.auth_key_secret_arn))) : false))
    error_message = "auth_key_secret_arn must be the ARN of a secret in Secrets Manager."
  }

  validation {
    condition     = !(((var.auth_key_secret_arn != "") ? ((var.auth_key_secret_name != "") ? !(var.auth_key_secret_arn == "" ? false : var.auth_key_secret_arn == var.auth_key_secret_name) : false) : false))
    error_message = "auth_key_secret_arn and auth_key_secret_name are both given and differ; keep the ARN."
  }
}

variable "aws_sm_signing_secret_arn" {
  description = "ARN of the secret that signs requests of service accounts."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !((contains(["aws_sm"], var.secrets_provider) ? !(var.aws_sm_signing_secret_arn != "") : false))
    error_message = "aws_sm_signing_secret_arn is needed with secrets_provider aws_sm."
  }
}

variable "api_env" {
  description = "Further variables of the API."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((try(contains(keys(var.api_env), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.api_env), "BACKUP_DATABASE_URL"), false)))
    error_message = "api_env must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the API must never have."
  }
}

variable "web_env" {
  description = "Further variables of the web application."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((try(contains(keys(var.web_env), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.web_env), "BACKUP_DATABASE_URL"), false)))
    error_message = "web_env must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the web application must never have."
  }
}

variable "worker_env" {
  description = "Further variables of the worker; without it those of the API."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((try(contains(keys(var.worker_env), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.worker_env), "BACKUP_DATABASE_URL"), false)))
    error_message = "worker_env must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the worker must never have."
  }
}

variable "migrate_env" {
  description = "Further variables of the migration."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !(try(contains(keys(var.migrate_env), "MIGRATE_DATABASE_URL"), false))
    error_message = "migrate_env must not name MIGRATE_DATABASE_URL, its reference belongs into migrate_secrets."
  }
}

variable "api_secrets" {
  description = "Secrets of the API, each variable with its reference in the secret manager."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((contains(["true", "1", "yes", "on"], tostring(var.bring_own_data)) ? !(try(contains(keys(var.api_secrets), "DATABASE_URL"), false) ? try(contains(keys(var.api_secrets), "REDIS_URL"), false) : false) : false))
    error_message = "api_secrets must name DATABASE_URL and REDIS_URL when the data stores are your own."
  }

  validation {
    condition     = !(try(contains(keys(var.api_secrets), "PORT"), false))
    error_message = "api_secrets must not name PORT, the platform sets it."
  }

  validation {
    condition     = !((try(contains(keys(var.api_secrets), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.api_secrets), "BACKUP_DATABASE_URL"), false)))
    error_message = "api_secrets must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the API must never have."
  }
}

variable "web_secrets" {
  description = "Secrets of the web application, each variable with its reference in the secret manager."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((try(contains(keys(var.web_secrets), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.web_secrets), "BACKUP_DATABASE_URL"), false)))
    error_message = "web_secrets must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the web application must never have."
  }
}

variable "worker_secrets" {
  description = "Secrets of the worker, each variable with its reference; without it those of the API."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((try(contains(keys(var.worker_secrets), "MIGRATE_DATABASE_URL"), false) ? true : try(contains(keys(var.worker_secrets), "BACKUP_DATABASE_URL"), false)))
    error_message = "worker_secrets must name neither MIGRATE_DATABASE_URL nor BACKUP_DATABASE_URL, which the worker must never have."
  }
}

variable "migrate_secrets" {
  description = "Secrets of the migration alone, each variable with its reference; what it shares it takes from the other roles."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !((contains(["true", "1", "yes", "on"], tostring(var.bring_own_data)) ? !try(contains(keys(var.migrate_secrets), "MIGRATE_DATABASE_URL"), false) : false))
    error_message = "migrate_secrets must name MIGRATE_DATABASE_URL when the data stores are your own."
  }

  validation {
    condition     = !(try(contains(keys(var.migrate_secrets), "BACKUP_DATABASE_URL"), false))
    error_message = "migrate_secrets must not name BACKUP_DATABASE_URL, the console alone reads it."
  }
}

variable "bring_own_data" {
  description = "Postgres and Redis exist already and are named in api_secrets."
  type        = bool
  default     = false
  nullable    = false
}

variable "storage_provider" {
  description = "Object store of the deployment."
  type        = string
  default     = "s3"
  nullable    = false

  validation {
    condition     = !(((var.storage_provider != "") ? !contains(["s3", "azure_blob", "gcs", "minio"], var.storage_provider) : false))
    error_message = "storage_provider must be s3, azure_blob, gcs or minio."
  }
}

variable "storage_bucket_name" {
  description = "Bucket or container; without it a name is made from project and environment."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = !(((var.storage_bucket_name != "") ? !(var.storage_bucket_name == "" ? false : can(regex("^(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$", var.storage_bucket_name))) : false))
    error_message = "storage_bucket_name must be 3 to 63 lower-case letters, digits, dots and dashes."
  }
}

variable "redis_require_auth_token" {
  description = "Redis is logged in to with a token and not with the identity of the task."
  type        = bool
  default     = false
  nullable    = false
}

variable "size" {
  description = "Size of the data stores and containers, S, M or L."
  type        = string
  default     = "S"
  nullable    = false

  validation {
    condition     = !(!contains(["S", "M", "L"], var.size))
    error_message = "size must be S, M or L."
  }
}

variable "enable_worker_service" {
  description = "Runs the worker as a service of its own."
  type        = bool
  default     = true
  nullable    = false
}

variable "api_min_replicas" {
  description = "Least number of API containers."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = !(try(tonumber(regex("^-?[0-9]{1,15}$", tostring(var.api_min_replicas))) < 1, false))
    error_message = "api_min_replicas must be at least 1."
  }
}

variable "api_max_replicas" {
  description = "Greatest number of API containers."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = !(try(tonumber(regex("^-?[0-9]{1,15}$", tostring(var.api_max_replicas))) < 1, false))
    error_message = "api_max_replicas must be at least 1."
  }
}

variable "web_min_replicas" {
  description = "Least number of web containers."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = !(try(tonumber(regex("^-?[0-9]{1,15}$", tostring(var.web_min_replicas))) < 1, false))
    error_message = "web_min_replicas must be at least 1."
  }
}

variable "web_max_replicas" {
  description = "Greatest number of web containers."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = !(try(tonumber(regex("^-?[0-9]{1,15}$", tostring(var.web_max_replicas))) < 1, false))
    error_message = "web_max_replicas must be at least 1."
  }
}

variable "enable_https" {
  description = "Listeners speak HTTPS; false is for development."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !((contains(["false", "0", "no", "off"], tostring(var.enable_https)) ? contains(["production"], var.environment) : false))
    error_message = "enable_https must be true in production."
  }
}

variable "db_deletion_protection" {
  description = "The database can't be deleted by accident; false is for development."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !((contains(["false", "0", "no", "off"], tostring(var.db_deletion_protection)) ? contains(["production"], var.environment) : false))
    error_message = "db_deletion_protection must be true in production."
  }
}

variable "db_skip_final_snapshot" {
  description = "Deletes the database without a last snapshot; for development."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !((contains(["true", "1", "yes", "on"], tostring(var.db_skip_final_snapshot)) ? contains(["production"], var.environment) : false))
    error_message = "db_skip_final_snapshot must be false in production."
  }
}
