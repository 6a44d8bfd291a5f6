/** Handing things to the person: the clipboard and files. */

/** Copy a text; false where the browser refuses (a page without a secure context may still copy by selection). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    const before = document.activeElement as HTMLElement | null;
    area.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    } finally {
      area.remove();
      before?.focus?.();
    }
  }
}

/** Offer a file made here. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; keeping the object would keep its memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
