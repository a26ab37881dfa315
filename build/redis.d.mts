/** Path of a Redis or Valkey server; throws with the way out when there is none. */
export declare function ensureRedis(): string
