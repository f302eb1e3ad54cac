// Of every complaint the newest version, whoever told us: a list, a detail, an answer or an event.

/** Fields that only some answers carry (reporter, description) outlive a newer row without them. */
export function keepNewest(byId, complaints) {
  let kept = byId;
  for (const complaint of complaints) {
    const known = kept[complaint.id];
    if (known && known.version > complaint.version) continue;
    if (kept === byId) kept = { ...byId };
    kept[complaint.id] = { ...known, ...complaint };
  }
  return kept;
}

/** Newest first, as the API lists them; ids (UUIDv7) settle equal times. */
export function newestFirst(byId) {
  return (a, b) => {
    const [left, right] = [byId[a], byId[b]];
    if (left.created_at !== right.created_at) return left.created_at < right.created_at ? 1 : -1;
    return left.id < right.id ? 1 : -1;
  };
}

/** The complaints with these ids, as far as they are known. */
export function only(byId, ids) {
  return Object.fromEntries(ids.filter((id) => byId[id]).map((id) => [id, byId[id]]));
}

/** The complaint that an address names by id or reference, as far as it is known. */
export function openComplaint(state, reference) {
  const { detail, byId } = state;
  if (detail.id && detail.reference === reference) return byId[detail.id] ?? null;
  const wanted = reference.toUpperCase();
  return Object.values(byId).find(({ id, reference: own }) => own === wanted || id === reference) ?? null;
}
