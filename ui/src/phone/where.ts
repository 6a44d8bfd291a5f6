/** Where this telephone is: asked for when somebody wants it to go along, never before. */
import { ref, shallowRef } from "vue";

export interface Here {
  lon: number;
  lat: number;
  /** Metres. */
  within: number;
}

export const here = shallowRef<Here | null>(null);
export const looking = ref(false);
/** Why it is not known: `denied`, `none`; empty where nobody asked, or it is. */
export const trouble = ref<"" | "denied" | "none">("");

/** Ask for the position once; null where it cannot be had. */
export function locate(): Promise<Here | null> {
  looking.value = true;
  trouble.value = "";
  return new Promise((done) => {
    const end = (found: Here | null, why: "" | "denied" | "none" = "") => {
      here.value = found;
      trouble.value = why;
      looking.value = false;
      done(found);
    };
    if (!navigator.geolocation) return end(null, "none");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => end({ lon: coords.longitude, lat: coords.latitude, within: Math.round(coords.accuracy) }),
      (error) => end(null, error.code === error.PERMISSION_DENIED ? "denied" : "none"),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
    );
  });
}

/** A position as people read it out: five decimals are a metre. */
export const spelled = (lon: number, lat: number) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

/** An address that opens the telephone's own navigation. */
export function navigation(lon: number, lat: number, label: string): string {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const apple = /iPhone|iPad|iPod|Macintosh/.test(navigator.userAgent);
  return apple ? `maps:?daddr=${at}` : `geo:${at}?q=${at}(${encodeURIComponent(label)})`;
}
