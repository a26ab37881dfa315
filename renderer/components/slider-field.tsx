import { useLayoutEffect, useRef } from 'react'
import { Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components'
import './fields.css'

interface SliderFieldProps {
  readonly label: string
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step: number
  /** what is read aloud and shown for a value */
  readonly show: (value: number) => string
}

/** A short slider for a toolbar; its name is for the screen reader and the tooltip of the row it stands in. */
export function SliderField({ label, value, onChange, min, max, step, show }: SliderFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  // react-aria reads out the bare number, which for a scale of its own (0 to 200 places, say) is not what is shown
  useLayoutEffect(() => { input.current?.setAttribute('aria-valuetext', show(value)) })
  return (
    <Slider className="slider" aria-label={label} value={value} onChange={(next) => { if (typeof next === 'number') onChange(next) }} minValue={min} maxValue={max} step={step}>
      <SliderTrack className="slider-track">
        <span className="slider-fill" style={{ width: `${(100 * (value - min)) / (max - min)}%` }} />
        <SliderThumb className="slider-thumb" inputRef={input} />
      </SliderTrack>
      <SliderOutput className="slider-output">{() => show(value)}</SliderOutput>
    </Slider>
  )
}
