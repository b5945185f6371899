import { registerHooks } from 'node:module';

/**
 * Imported before everything else where the types were taken out of our files when they were laid out, as in the image: what ends in `.ts`
 * is JavaScript there, and is loaded as that. Node would load 11 MB and take half a second to look for types that are not there.
 */
registerHooks({
	load: (url, context, next) => next(url, url.endsWith('.ts') ? { ...context, format: 'module' } : context),
});
