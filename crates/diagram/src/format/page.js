'use strict';
(() => {
  const $ = (s, r = document) => Array.from(r.querySelectorAll(s));
  const svg = document.querySelector('figure svg'), tip = document.getElementById('tip'), find = document.getElementById('find'), said = document.getElementById('said');
  const nodes = new Map(), marks = new Map(), ties = $('.tie', svg), all = svg.viewBox.baseVal, full = [all.x, all.y, all.width, all.height];
  let view = full.slice(), focus = null, drag = null, moved = false, spread = 0, hits = [], hit = -1;
  const touch = new Map(), off = new Set(), fold = t => t.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  document.body.classList.add('live');
  svg.setAttribute('role', 'group'); svg.setAttribute('tabindex', '0'); svg.removeAttribute('width'); svg.removeAttribute('height'); svg.setAttribute('preserveAspectRatio', 'xMidYMin meet');
  const rows = new Map($('tr[data-id]').map(r => [r.dataset.id, r]));
  const name = g => { const t = g.querySelector('title'); if (t) { g.setAttribute('aria-label', t.textContent); t.remove(); } };
  // A thing may have several marks: bars of several times, a name over its figures. The last is the one that keys reach.
  $('.node', svg).forEach(g => { const id = g.dataset.id; nodes.set(id, g); marks.set(id, [...(marks.get(id) || []), g]); name(g); });
  nodes.forEach(g => { g.setAttribute('tabindex', '0'); g.setAttribute('role', 'button'); });
  ties.forEach(name);
  const draw = () => svg.setAttribute('viewBox', view.join(' '));
  const zoom = (by, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const w = Math.min(full[2] * 4, Math.max(full[2] / 60, view[2] * by)), k = w / view[2];
    view = [x - (x - view[0]) * k, y - (y - view[1]) * k, w, view[3] * k]; draw();
  };
  const at = e => { const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse()); return [p.x, p.y]; };
  const reset = () => { view = full.slice(); draw(); };
  // On a small screen the whole picture is a thumbnail: it begins at its head, large enough to read.
  const begun = () => { const w = innerWidth * 1.5; if (innerWidth < 640 && w < full[2]) { view = [full[0], full[1], w, w * svg.clientHeight / Math.max(1, svg.clientWidth)]; draw(); } };
  const show = () => {
    const near = new Set(focus ? [focus] : []);
    if (focus) ties.forEach(t => { if (t.dataset.from === focus) near.add(t.dataset.to); if (t.dataset.to === focus) near.add(t.dataset.from); });
    const gone = id => { const g = nodes.get(id); return g && off.has('c' + g.dataset.class); };
    marks.forEach((all, id) => all.forEach(g => { g.classList.toggle('fade', !!focus && !near.has(id)); g.classList.toggle('off', gone(id)); g.classList.toggle('hit', hits.includes(id)); }));
    nodes.forEach((g, id) => g.setAttribute('aria-pressed', id === focus));
    ties.forEach(t => {
      const keep = t.dataset.from === focus || t.dataset.to === focus;
      t.classList.toggle('fade', !!focus && !keep);
      if (focus && keep && t.querySelector('path')) { t.setAttribute('tabindex', '0'); t.setAttribute('role', 'img'); } else { t.removeAttribute('tabindex'); t.removeAttribute('role'); }
      t.classList.toggle('off', gone(t.dataset.from) || gone(t.dataset.to) || t.dataset.relation.split(' ').every(r => off.has('r' + r)));
    });
    $('.group', svg).forEach(g => g.classList.toggle('fade', !!focus));
  };
  const pick = id => { focus = focus === id ? null : id; show(); said.textContent = focus ? nodes.get(id).getAttribute('aria-label') + ': ' + $('tr[data-from]').filter(r => r.dataset.from === id || r.dataset.to === id).length + ' ties' : ''; };
  const tell = (g, x, y) => {
    tip.textContent = '';
    const head = document.createElement('strong'); head.dir = 'auto'; head.textContent = g.getAttribute('aria-label') || ''; tip.append(head);
    const row = g.classList.contains('node') ? rows.get(g.dataset.id) : null;
    const more = row ? [row] : g.classList.contains('tie') ? $('tr[data-from]').filter(r => r.dataset.from === g.dataset.from && r.dataset.to === g.dataset.to && g.dataset.relation.split(' ').includes(r.dataset.relation)) : [];
    more.forEach(r => $('.more', r).forEach(c => c.childNodes.forEach(n => tip.append(n.cloneNode(true)))));
    if (row && !row.querySelector('.more').firstChild) {
      // Nothing but its name is known of it: its ties say more than the name again.
      const count = new Map(), of = $('tr[data-from]').filter(r => r.dataset.from === g.dataset.id || r.dataset.to === g.dataset.id);
      of.forEach(r => { const t = r.cells[1].textContent; count.set(t, (count.get(t) || 0) + 1); });
      const line = document.createElement('div');
      line.textContent = of.length ? [...count].map(([t, n]) => n > 1 ? t + ' ×' + n : t).join(', ') : 'nothing more is known of it';
      tip.append(line);
    }
    tip.hidden = false;
    const b = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - b.width - 6)) + 'px';
    tip.style.top = Math.max(4, y + 16 + b.height > innerHeight ? y - b.height - 10 : y + 16) + 'px';
  };
  const hide = () => { tip.hidden = true; };
  const of = e => e.target.closest && e.target.closest('.node,.tie,.key');
  svg.addEventListener('wheel', e => { e.preventDefault(); zoom(Math.exp(Math.sign(e.deltaY) * 0.18), ...at(e)); }, { passive: false });
  const begin = e => { drag = [e.clientX, e.clientY, view[0], view[1]]; };
  svg.addEventListener('pointerdown', e => { touch.set(e.pointerId, e); spread = 0; begin(e); moved = touch.size > 1; });
  addEventListener('pointermove', e => {
    if (touch.has(e.pointerId)) touch.set(e.pointerId, e);
    if (touch.size > 1) {
      const [a, b] = [...touch.values()], now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      if (spread && now) zoom(spread / now, ...at({ clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 }));
      spread = now; moved = true; hide(); return;
    }
    if (drag) {
      const k = view[2] / svg.getBoundingClientRect().width, dx = e.clientX - drag[0], dy = e.clientY - drag[1];
      if (moved || Math.hypot(dx, dy) > 4) { moved = true; hide(); view[0] = drag[2] - dx * k; view[1] = drag[3] - dy * k; draw(); return; }
    }
    const g = of(e); if (g && svg.contains(g) && !g.classList.contains('key')) tell(g, e.clientX, e.clientY); else if (!tip.contains(e.target)) hide();
  });
  const lift = e => { touch.delete(e.pointerId); spread = 0; drag = null; if (touch.size) begin([...touch.values()][0]); };
  addEventListener('pointerup', lift); addEventListener('pointercancel', lift);
  const toggle = g => {
    const key = g.dataset.keyClass !== undefined ? 'c' + g.dataset.keyClass : 'r' + g.dataset.keyRelation;
    off.has(key) ? off.delete(key) : off.add(key);
    g.setAttribute('aria-pressed', !off.has(key)); g.classList.toggle('fade', off.has(key)); show();
  };
  const act = g => g.classList.contains('key') ? toggle(g) : g.classList.contains('node') ? pick(g.dataset.id) : null;
  $('.key', svg).forEach(g => { name(g); g.setAttribute('tabindex', '0'); g.setAttribute('role', 'button'); g.setAttribute('aria-pressed', 'true'); });
  svg.addEventListener('click', e => { if (moved) return; const g = of(e); if (g) act(g); else { focus = null; show(); } });
  svg.addEventListener('focusin', e => { const g = of(e); if (g && !g.classList.contains('key')) { const b = g.getBoundingClientRect(); tell(g, b.left, b.bottom - 8); } });
  svg.addEventListener('focusout', hide);
  svg.addEventListener('keydown', e => {
    const step = view[2] / 12, k = e.key, g = of(e);
    if ((k === 'Enter' || k === ' ') && g) act(g);
    else if (k === '+' || k === '=') zoom(0.8); else if (k === '-') zoom(1.25); else if (k === '0') reset();
    else if (k === 'ArrowLeft') { view[0] -= step; draw(); } else if (k === 'ArrowRight') { view[0] += step; draw(); }
    else if (k === 'ArrowUp') { view[1] -= step; draw(); } else if (k === 'ArrowDown') { view[1] += step; draw(); }
    else return;
    e.preventDefault();
  });
  addEventListener('keydown', e => { if (e.key === 'Escape') { focus = null; hits = []; find.value = ''; said.textContent = ''; hide(); show(); } else if (e.key === '/' && document.activeElement !== find) { e.preventDefault(); find.focus(); } });
  const go = id => { const b = nodes.get(id).getBBox(), w = Math.min(full[2], Math.max(b.width * 6, 420)), h = w * full[3] / full[2]; view = [b.x + b.width / 2 - w / 2, b.y + b.height / 2 - h / 2, w, h]; draw(); focus = id; show(); };
  find.addEventListener('input', () => {
    const q = fold(find.value.trim()); hit = -1;
    const also = id => { const r = rows.get(id); return (r && r.dataset.also) || ''; };
    hits = q ? [...nodes].filter(([id, g]) => [g.getAttribute('aria-label') || '', also(id), id].some(t => fold(t).includes(q))).map(([id]) => id) : [];
    said.textContent = q ? hits.length + ' found' : ''; show();
  });
  find.addEventListener('keydown', e => { if (e.key === 'Enter' && hits.length) { hit = (hit + 1) % hits.length; go(hits[hit]); } });
  document.getElementById('in').addEventListener('click', () => zoom(0.8));
  document.getElementById('out').addEventListener('click', () => zoom(1.25));
  document.getElementById('whole').addEventListener('click', () => { focus = null; reset(); show(); });
  addEventListener('beforeprint', () => { reset(); hide(); });
  begun();
})();
