import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeStandIn } from '../fixtures/stand-in.ts';

/** Writes the image of the server that stands in for a home: `write-stand-in.ts FILE NAME:TAG`, an OCI archive for a registry or for the nodes. */
const [file, name] = process.argv.slice(2);
if (!file || !name) throw new Error('Say the file to write, and the name of the image with its tag.');
const folder = mkdtempSync(join(tmpdir(), 'understory-stand-in-'));
renameSync(writeStandIn(folder, name), file);
rmSync(folder, { recursive: true });
