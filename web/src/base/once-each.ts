/** Reckons once of each thing what does not change as long as the thing is the same. */
export function onceEach<Thing extends object, Value>(reckon: (of: Thing) => Value): (of: Thing) => Value {
  const known = new WeakMap<Thing, Value>();
  return (of) => {
    let value = known.get(of);
    if (value === undefined) known.set(of, (value = reckon(of)));
    return value;
  };
}
