import type { GraphBuilder, Value } from './graph-builder.ts'

/** A feature map [1, channels, h, w] and its sizes. */
export interface FeatureMap {
  readonly value: Value
  readonly channels: number
  readonly h: number
  readonly w: number
}

/** Group normalisation as a network of Stable Diffusion uses it. */
export interface NormSettings {
  readonly groups: number
  readonly epsilon: number
}

/** GN–SiLU–conv3, the time embedding added, GN–SiLU–conv3, and the shortcut; `key` names norm1, conv1, … REFERENCE §3.3. */
export function residualBlock(b: GraphBuilder, x: FeatureMap, key: string, channels: number, norm: NormSettings, time: { readonly value: Value; readonly size: number } | null): FeatureMap {
  const normal = b.silu(b.groupNorm(x.value, `${key}.norm1`, x.channels, norm.groups, norm.epsilon, x))
  let hidden = b.convolution(normal, `${key}.conv1`, x.channels, channels, 3, 1, [1, 1, 1, 1])
  if (time !== null) hidden = b.add(hidden, b.reshape(b.linearOf(time.value, `${key}.time_emb_proj`, time.size, channels), [1, channels, 1, 1]))
  const second = b.silu(b.groupNorm(hidden, `${key}.norm2`, channels, norm.groups, norm.epsilon, x))
  const out = b.convolution(second, `${key}.conv2`, channels, channels, 3, 1, [1, 1, 1, 1])
  const shortcut = x.channels === channels ? x.value : b.convolution(x.value, `${key}.conv_shortcut`, x.channels, channels, 1, 1, [0, 0, 0, 0])
  return { value: b.add(shortcut, out), channels, h: x.h, w: x.w }
}

/** [1, channels, h, w] → [h·w, channels] */
export function toTokens(b: GraphBuilder, x: FeatureMap): Value {
  return b.transpose(b.reshape(x.value, [x.channels, x.h * x.w]), [1, 0])
}

/** [h·w, channels] → [1, channels, h, w] */
export function fromTokens(b: GraphBuilder, tokens: Value, like: FeatureMap): Value {
  return b.reshape(b.transpose(tokens, [1, 0]), [1, like.channels, like.h, like.w])
}
