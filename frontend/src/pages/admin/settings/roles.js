export const roles = ['viewer', 'operator', 'admin'];
export const roleChoices = roles.map((role) => ({ value: role, label: role[0].toUpperCase() + role.slice(1) }));

/** The roles up to and including `role`. */
export const rolesUpTo = (role) => roleChoices.slice(0, roles.indexOf(role) + 1);
