import { writeFileSync } from 'node:fs';
import { rolesDocument } from './roles.ts';

writeFileSync(new URL('../../../docs/hosts/roles.md', import.meta.url), rolesDocument());
