import { createStore, useStore } from './store.js';

/** What a person chose for this browser. The theme is kept by Mantine, under `belfry.theme`. */
export const preferenceChoices = {
  zone: ['local', 'UTC'],
  density: ['compact', 'comfortable'],
  shortcuts: ['on', 'off'],
};

const read = (name) => {
  const stored = localStorage.getItem(`belfry.${name}`);
  return preferenceChoices[name].includes(stored) ? stored : preferenceChoices[name][0];
};
const readAll = () => Object.fromEntries(Object.keys(preferenceChoices).map((name) => [name, read(name)]));

const preferences = createStore(readAll());

export const setPreference = (name, value) => {
  localStorage.setItem(`belfry.${name}`, value);
  preferences.set((all) => ({ ...all, [name]: value }));
  if (name === 'density') document.documentElement.dataset.density = value;
};

export const forgetPreferences = () => {
  for (const name of Object.keys(preferenceChoices)) localStorage.removeItem(`belfry.${name}`);
  preferences.set(readAll());
};

export const getPreference = (name) => preferences.get()[name];
export const usePreference = (name) => useStore(preferences)[name];
