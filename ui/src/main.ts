/** Everything that the first view needs is asked for at once: the rule sets, the verdicts, the stations, the layers. */
import { createApp } from "vue";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/print.css";
import { ground, isLight } from "@/ground";
import { state } from "@/state";
import "@/map/drawing";
import App from "./App.vue";
import { i18n } from "@/i18n";

if (!isLight(state.view)) ground();

createApp(App).use(i18n).mount("#app");
