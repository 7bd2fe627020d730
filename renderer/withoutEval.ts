import { z } from 'zod';

/**
 * To be imported before any schema: zod would try whether it may compile its checks to code, which the page's security
 * policy forbids, loudly.
 */
z.config({ jitless: true });
