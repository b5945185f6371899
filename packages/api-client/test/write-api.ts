import { readFileSync, writeFileSync } from 'node:fs';
import type { ApiDocument } from '@understory/api-client/document.ts';
import { writeTypes } from '@understory/api-client/write-types.ts';
import { openApiDocument } from '@understory/provisioner/api/openapi.ts';

const FILE = new URL('../src/api.ts', import.meta.url);

/** What `src/api.ts` has to be, and what it is. */
export function apiText(): { wanted: string; found: string } {
	const document = openApiDocument('https://platform.example') as ApiDocument;
	return { wanted: writeTypes(document), found: readFileSync(FILE, 'utf8') };
}

if (import.meta.main)
	writeFileSync(FILE, writeTypes(openApiDocument('https://platform.example') as ApiDocument));
