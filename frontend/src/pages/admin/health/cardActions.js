import { isEditable } from '../../../lib/sourceWords.js';

const without = (list, id) => list.filter((one) => one !== id);

/** What the cards may ask for, in terms of the address. `view`, `change`: from `useHealthView`; `check(id)`: runs it. */
export const cardActions = (view, change, check) => ({
  toggle: (id) =>
    view.open.includes(id)
      ? change({ open: without(view.open, id), selected: view.selected === id ? '' : view.selected })
      : change({ open: [...view.open, id], selected: id }),
  check,
  mute: (id) => change({ panel: 'mute', service: id }),
  edit: (id) => change({ panel: 'edit', service: id }),
  add: () => change({ panel: 'add', service: '' }),
  remove: (id) => change({ panel: 'remove', service: id }),
  openDay: (id, day) => change({ panel: 'day', service: id, day }),
  openResults: (id, run = '') => change({ panel: 'results', service: id, run }),
  openService: (id) => change({ open: [...without(view.open, id), id], selected: id }),
  showGraph: (id) => change({ selected: id, view: view.view === 'graph' ? 'graph' : 'split' }),
  copyLink: (id) => navigator.clipboard?.writeText(`${window.location.origin}/admin/health?open=${encodeURIComponent(id)}&selected=${encodeURIComponent(id)}`),
  close: () => change({ panel: '', service: '', day: '', run: '' }),
});

export const mayEdit = (service, isAdmin) => isAdmin && isEditable(service.source);
