import { writeFileSync } from 'node:fs';
import { scopeDocument } from './scope-table.ts';

writeFileSync(new URL('../../../docs/federation/scopes.md', import.meta.url), scopeDocument());
