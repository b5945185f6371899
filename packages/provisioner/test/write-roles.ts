import { writeFileSync } from 'node:fs';
import { rolesDocument } from './roles.ts';

writeFileSync(new URL('../../../docs/library-it/roles.md', import.meta.url), rolesDocument());
