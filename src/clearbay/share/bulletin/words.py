"""The sentences of a bulletin in the four languages, with the numbers and dates as each place writes them."""

from __future__ import annotations

from collections.abc import Mapping

from clearbay.model.text import LANGUAGES, Language, Text


def _text(zh_hans: str, zh_hant: str, en: str, pt: str) -> Text:
    return dict(zip(LANGUAGES, (zh_hans, zh_hant, en, pt), strict=True))


_MONTHS_EN = "January February March April May June July August September October November December".split()
_MONTHS_PT = "Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro".split()

MEDIUM: Mapping[str, Text] = {
    "sea": _text("海水水质月报", "海水水質月報", "Marine water quality bulletin", "Boletim da qualidade da água do mar"),
    "river": _text(
        "地表水水质月报", "河溪水質月報", "Surface water quality bulletin", "Boletim da qualidade das águas superficiais"
    ),
    "air": _text("空气质量月报", "空氣質素月報", "Air quality bulletin", "Boletim da qualidade do ar"),
}

CONFIDENCE: Mapping[str, Text] = {
    "primary": _text("已读官方文本", "已讀官方文本", "official text read", "texto oficial lido"),
    "two_sources": _text("两个来源一致", "兩個來源一致", "two sources agree", "duas fontes concordam"),
    "one_source_official": _text("一个官方来源", "一個官方來源", "one official source", "uma fonte oficial"),
    "one_source": _text("一个来源", "一個來源", "one source", "uma fonte"),
    "unverified": _text("未经核实", "未經核實", "unverified", "não verificado"),
}

_SAID: Mapping[str, Text] = {
    "monthly": _text("月度", "月度", "monthly", "mensal"),
    "standard": _text("评价依据", "評估依據", "Judged by", "Avaliado por"),
    # The headline
    "lead_target": _text(
        "{month}，{area}参评的{judged}个站点中，{good}个（{share}）达到{code}{target}或更好。",
        "{month}，{area}獲評估的{judged}個監測站中，{good}個（{share}）達到{code}{target}或更佳。",
        "In {month}, {good} of the {judged} stations judged in {area} ({share}) met {target} of {code} or better.",
        "Em {month}, {good} das {judged} estações avaliadas em {area} ({share}) cumpriram a {target} da {code} ou melhor.",
    ),
    "lead_index": _text(
        "{month}，{area}参评的{judged}个站点中，每小时指数最高达到{grade}（{station}）。",
        "{month}，{area}獲評估的{judged}個監測站中，每小時指數最高達到{grade}（{station}）。",
        "In {month} the highest hourly index among the {judged} stations judged in {area} was {grade}, at {station}.",
        "Em {month} o índice horário mais alto das {judged} estações avaliadas em {area} foi {grade}, em {station}.",
    ),
    "lead_up": _text(
        "与上年同月两次都参评的{common}个站点相比，上升{points}个百分点。",
        "與去年同月兩次均獲評估的{common}個監測站相比，上升{points}個百分點。",
        "That is {points} points more than a year earlier, at the {common} stations judged both times.",
        "São mais {points} pontos do que um ano antes, nas {common} estações avaliadas das duas vezes.",
    ),
    "lead_down": _text(
        "与上年同月两次都参评的{common}个站点相比，下降{points}个百分点。",
        "與去年同月兩次均獲評估的{common}個監測站相比，下降{points}個百分點。",
        "That is {points} points less than a year earlier, at the {common} stations judged both times.",
        "São menos {points} pontos do que um ano antes, nas {common} estações avaliadas das duas vezes.",
    ),
    "lead_same": _text(
        "与上年同月两次都参评的{common}个站点相比，持平。",
        "與去年同月兩次均獲評估的{common}個監測站相比，持平。",
        "That is as a year earlier, at the {common} stations judged both times.",
        "É o mesmo que um ano antes, nas {common} estações avaliadas das duas vezes.",
    ),
    "lead_no_year": _text(
        "没有可比的上年同月数据。",
        "沒有可比的去年同月數據。",
        "There is nothing to compare it with a year earlier.",
        "Não há dados comparáveis de um ano antes.",
    ),
    "lead_worst": _text(
        "最差的是{station}：{grade}{why}。",
        "最差的是{station}：{grade}{why}。",
        "The worst is {station}: {grade}{why}.",
        "A pior é {station}: {grade}{why}.",
    ),
    "because": _text("，{items}", "，{items}", ", {items}", ", {items}"),
    "item_over": _text("{name}超标{times}倍", "{name}超標{times}倍", "{name} {times} over", "{name} {times} acima"),
    # Key figures
    "fig_judged": _text("参评站点", "獲評估監測站", "Stations judged", "Estações avaliadas"),
    "fig_of": _text("共{n}个", "共{n}個", "of {n}", "de {n}"),
    "fig_good": _text("{target}或更好", "{target}或更佳", "{target} or better", "{target} ou melhor"),
    "fig_worst": _text("{grade}", "{grade}", "{grade}", "{grade}"),
    "fig_rating": _text("总体评级", "整體評級", "Rating of the area", "Classificação da área"),
    "fig_samples": _text("采样完整性", "採樣完整性", "Sampling complete", "Amostragem completa"),
    "fig_samples_note": _text(
        "{got}次，按惯常频率应为{expected}次",
        "{got}次，按慣常頻率應為{expected}次",
        "{got} of {expected} usual",
        "{got} de {expected} habituais",
    ),
    "fig_samples_none": _text("历史过短，未计", "歷史過短，未計", "history too short", "histórico curto"),
    "fig_rank": _text("在同类中的名次", "在同類中的名次", "Rank among its kind", "Posição entre iguais"),
    "fig_highest": _text("最高每小时指数", "最高每小時指數", "Highest hourly index", "Índice horário máximo"),
    "year_points": _text("同比{points}点", "按年{points}點", "{points} pts on the year", "{points} p.p. num ano"),
    "no_rating": _text("未定", "未定", "undecided", "indeterminada"),
    # Headings
    "map": _text("各站点水质类别", "各監測站類別", "Class of each station", "Classe de cada estação"),
    "chart": _text(
        "近{n}个月类别比例", "近{n}個月類別比例", "Share of the classes, {n} months", "Proporção das classes, {n} meses"
    ),
    "changes": _text("变化", "變化", "Changes", "Variações"),
    "pollutants": _text(
        "未达{target}的项目", "未達{target}的項目", "What misses {target}", "O que não cumpre a {target}"
    ),
    "worst": _text("最差站点", "最差監測站", "Worst places", "Piores locais"),
    "table": _text("各站点评价结果", "各監測站評估結果", "Every station", "Todas as estações"),
    "method": _text("评价方法与说明", "評估方法與說明", "Method and notes", "Método e notas"),
    "marks": _text("可信度标记", "可信度標記", "Confidence marks", "Marcas de confiança"),
    "sources": _text("数据来源与许可", "數據來源與許可", "Data, maps and licences", "Dados, mapas e licenças"),
    "law": _text("限值来源", "限值來源", "Where the limits were read", "Onde os limites foram lidos"),
    # Columns
    "col_station": _text("站点", "監測站", "Station", "Estação"),
    "col_grade": _text("类别", "類別", "Class", "Classe"),
    "col_items": _text(
        "定类项目（超标倍数）", "決定項目（超標倍數）", "Deciding items (times over)", "Parâmetros decisivos (vezes acima)"
    ),
    "col_previous": _text("上月", "上月", "Month before", "Mês anterior"),
    "col_year": _text("上年同月", "去年同月", "Year before", "Ano anterior"),
    "col_change": _text("同比", "按年", "Change", "Variação"),
    "col_samples": _text("样次", "樣次", "Samples", "Amostras"),
    "col_item": _text("项目", "項目", "Item", "Parâmetro"),
    "col_share": _text("未达标站点", "未達標監測站", "Stations", "Estações"),
    "col_multiple": _text("最大超标倍数", "最大超標倍數", "Most, times over", "Máximo, vezes acima"),
    "col_where": _text("最高处", "最高處", "Where", "Onde"),
    "col_value": _text("数值", "數值", "Value", "Valor"),
    "better": _text("好转", "好轉", "better", "melhor"),
    "worse": _text("变差", "變差", "worse", "pior"),
    "same": _text("持平", "持平", "same", "igual"),
    "none": _text("无", "無", "none", "nenhum"),
    "not_judged": _text("未评价", "未評估", "not judged", "não avaliada"),
    "legend_none": _text("本月未评价", "本月未評估", "not judged this month", "não avaliada este mês"),
    # Changes
    "change_year": _text(
        "与上年同月（{period}）相比，两次都参评的{common}个站点中，{better}个好转，{worse}个变差，{same}个持平。",
        "與去年同月（{period}）相比，兩次均獲評估的{common}個監測站中，{better}個好轉，{worse}個變差，{same}個持平。",
        "Against a year earlier ({period}), of the {common} stations judged both times {better} are better, {worse} worse "
        "and {same} the same.",
        "Face a um ano antes ({period}), das {common} estações avaliadas das duas vezes {better} estão melhor, {worse} "
        "pior e {same} iguais.",
    ),
    "change_previous": _text(
        "与上月（{period}）相比，两次都参评的{common}个站点中，{better}个好转，{worse}个变差，{same}个持平。",
        "與上月（{period}）相比，兩次均獲評估的{common}個監測站中，{better}個好轉，{worse}個變差，{same}個持平。",
        "Against the month before ({period}), of the {common} stations judged both times {better} are better, {worse} "
        "worse and {same} the same.",
        "Face ao mês anterior ({period}), das {common} estações avaliadas das duas vezes {better} estão melhor, {worse} "
        "pior e {same} iguais.",
    ),
    "change_points": _text(
        "{target}或更好的比例变化{good}个百分点，{worst}的比例变化{bad}个百分点。",
        "{target}或更佳的比例變化{good}個百分點，{worst}的比例變化{bad}個百分點。",
        "The share of {target} or better changed by {good} points, that of {worst} by {bad}.",
        "A proporção de {target} ou melhor variou {good} pontos, a de {worst} {bad}.",
    ),
    "change_worded": _text(
        "按{code}，属{word}†。",
        "按{code}，屬{word}†。",
        "By {code} that is {word}.†",
        "Segundo {code} é {word}.†",
    ),
    "worded_none": _text("无明显变化", "無明顯變化", "no marked change", "sem variação assinalável"),
    "worded_some_better": _text("有所好转", "有所好轉", "somewhat better", "alguma melhoria"),
    "worded_some_worse": _text("有所下降", "有所下降", "somewhat worse", "algum agravamento"),
    "worded_marked_better": _text("明显好转", "明顯好轉", "markedly better", "melhoria assinalável"),
    "worded_marked_worse": _text("明显下降", "明顯下降", "markedly worse", "agravamento assinalável"),
    "items_differ": _text(
        "两次评价的项目不同，只有一次评价了：{items}。",
        "兩次評估的項目不同，只有一次評估了：{items}。",
        "Not the same items were judged: only one of the two months has {items}.",
        "Não foram avaliados os mesmos parâmetros: só um dos dois meses tem {items}.",
    ),
    "no_previous": _text(
        "没有可比的上月数据。",
        "沒有可比的上月數據。",
        "There is nothing to compare with a month earlier.",
        "Não há dados comparáveis do mês anterior.",
    ),
    "trend_up": _text(
        "{first}至{last}各年同月，{target}或更好的比例呈上升趋势（秩相关系数{rho}，n = {n}，临界值{critical}†）。",
        "{first}至{last}各年同月，{target}或更佳的比例呈上升趨勢（秩相關系數{rho}，n = {n}，臨界值{critical}†）。",
        "In this month of the years {first} to {last} the share of {target} or better rises (rank correlation {rho}, "
        "n = {n}, critical value {critical}†).",
        "Neste mês, de {first} a {last}, a proporção de {target} ou melhor sobe (correlação de postos {rho}, n = {n}, "
        "valor crítico {critical}†).",
    ),
    "trend_down": _text(
        "{first}至{last}各年同月，{target}或更好的比例呈下降趋势（秩相关系数{rho}，n = {n}，临界值{critical}†）。",
        "{first}至{last}各年同月，{target}或更佳的比例呈下降趨勢（秩相關系數{rho}，n = {n}，臨界值{critical}†）。",
        "In this month of the years {first} to {last} the share of {target} or better falls (rank correlation {rho}, "
        "n = {n}, critical value {critical}†).",
        "Neste mês, de {first} a {last}, a proporção de {target} ou melhor desce (correlação de postos {rho}, n = {n}, "
        "valor crítico {critical}†).",
    ),
    "trend_none": _text(
        "{first}至{last}各年同月，{target}或更好的比例没有显著趋势（秩相关系数{rho}，n = {n}，临界值{critical}†）。",
        "{first}至{last}各年同月，{target}或更佳的比例沒有顯著趨勢（秩相關系數{rho}，n = {n}，臨界值{critical}†）。",
        "In this month of the years {first} to {last} the share of {target} or better shows no significant trend (rank "
        "correlation {rho}, n = {n}, critical value {critical}†).",
        "Neste mês, de {first} a {last}, a proporção de {target} ou melhor não mostra tendência significativa (correlação "
        "de postos {rho}, n = {n}, valor crítico {critical}†).",
    ),
    "trend_too_short": _text(
        "可比的年份只有{n}个，不足以判断趋势。",
        "可比的年份只有{n}個，不足以判斷趨勢。",
        "Only {n} comparable years: too few to speak of a trend.",
        "Só há {n} anos comparáveis: poucos para falar de tendência.",
    ),
    # Notes
    "note_standard": _text(
        "依据{code}《{name}》评价，以最差项目定类。比较值：{statistic}。",
        "依據{code}《{name}》評估，以最差項目定類。比較值：{statistic}。",
        "Judged by {code}, {name}; the worst item decides the class. What is compared: {statistic}.",
        "Avaliado pela {code}, {name}; decide o pior parâmetro. Compara-se: {statistic}.",
    ),
    "note_index": _text(
        "依据{code}《{name}》。{statistic}。",
        "依據{code}《{name}》。{statistic}。",
        "By {code}, {name}: {statistic}.",
        "Segundo {code}, {name}: {statistic}.",
    ),
    "note_target": _text(
        "“达标”指{target}或更好；未另行指定时，取评级方法所称“良好”的类别。超标倍数 =（测值 − {target}限值）÷ 限值；pH、溶解氧等不计倍数。",
        "「達標」指{target}或更佳；未另行指定時，取評級方法所稱「良好」的類別。超標倍數 =（測值 − {target}限值）÷ 限值；pH、溶解氧等不計倍數。",
        "The target is {target} or better: unless told otherwise, the class by which the rating method calls an area good. "
        "Times over = (value - limit of {target}) / limit; pH and dissolved oxygen have none.",
        "A meta é a {target} ou melhor: salvo indicação, a classe com que o método de classificação chama boa a uma área. "
        "Vezes acima = (valor - limite da {target}) / limite; o pH e o oxigénio dissolvido não têm.",
    ),
    "note_rating": _text(
        "总体评级：{code}，按{by}；{confidence}。",
        "整體評級：{code}，按{by}；{confidence}。",
        "Rating of the area: {code}, by {by}; {confidence}.",
        "Classificação da área: {code}, por {by}; {confidence}.",
    ),
    "by_shares": _text(
        "各类别站点比例", "各類別監測站比例", "the shares of the classes", "proporção das classes"
    ),
    "by_item_means": _text(
        "各项目断面均值（断面少）",
        "各項目斷面均值（斷面少）",
        "the mean of each item (few sections)",
        "média de cada parâmetro (poucas secções)",
    ),
    "note_complete": _text(
        "采样完整性 = 本月采样次数 ÷ 应采次数；应采次数为各站点此前至多36个月（自首次采样起，至少12个月）的月均采样次数之和。",
        "採樣完整性 = 本月採樣次數 ÷ 應採次數；應採次數為各監測站此前至多36個月（自首次採樣起，至少12個月）的月均採樣次數之和。",
        "Sampling complete = samples of the month / samples expected; expected is each station's mean number a month over "
        "the up to 36 months before (from its first sample on, at least 12), summed.",
        "Amostragem completa = amostras do mês / esperadas; as esperadas são a soma das médias mensais de cada estação nos "
        "até 36 meses anteriores (desde a primeira amostra, pelo menos 12).",
    ),
    "note_common": _text(
        "各项变化只比较两次都参评的站点。",
        "各項變化只比較兩次均獲評估的監測站。",
        "Changes compare only stations judged both times.",
        "As variações comparam só estações avaliadas das duas vezes.",
    ),
    "note_position": _text(
        "{n}个站点的坐标未公布，不作猜测，因而没有地图。",
        "{n}個監測站的座標未公布，不作猜測，因而沒有地圖。",
        "None of the {n} stations has a published position; none is guessed, so there is no map.",
        "Nenhuma das {n} estações tem posição publicada; nenhuma se presume, e por isso não há mapa.",
    ),
    "note_some_position": _text(
        "另有{n}个站点的坐标未公布，图上未绘。",
        "另有{n}個監測站的座標未公布，圖上未繪。",
        "{n} more stations have no published position and are not on the map.",
        "Mais {n} estações não têm posição publicada e não estão no mapa.",
    ),
    "generated": _text(
        "注意：本期含有生成的（非实测）数据，仅供演示。",
        "注意：本期含有生成的（非實測）數據，僅供示範。",
        "Note: some of the data are generated, not measured; for demonstration only.",
        "Nota: parte dos dados é gerada, não medida; só para demonstração.",
    ),
    "mark_dagger": _text(
        "† 所用限值或规则未见官方文本，未经核实。",
        "† 所用限值或規則未見官方文本，未經核實。",
        "† The limit or rule was not found in an official text: unverified.",
        "† O limite ou a regra não foi encontrado num texto oficial: não verificado.",
    ),
    "mark_rule": _text(
        "整套规则：{confidence}。",
        "整套規則：{confidence}。",
        "The rule set as a whole: {confidence}.",
        "O conjunto da norma: {confidence}.",
    ),
    "map_credit": _text("地图：{who}", "地圖：{who}", "Map: {who}", "Mapa: {who}"),
    "map_about": _text(
        "{n}个站点的位置与类别，数值见下表。",
        "{n}個監測站的位置與類別，數值見下表。",
        "Map of {n} stations and their classes; the table below has them in words.",
        "Mapa de {n} estações e das suas classes; a tabela abaixo di-las por palavras.",
    ),
    "chart_about": _text(
        "近{n}个月各类别站点比例。",
        "近{n}個月各類別監測站比例。",
        "Share of the stations of each class over {n} months.",
        "Proporção das estações de cada classe em {n} meses.",
    ),
    "chart_note": _text(
        "柱顶为当月参评站点数；好的类别在下。",
        "柱頂為當月獲評估監測站數；較佳的類別在下。",
        "Above each bar: stations judged that month. The best class is at the bottom.",
        "Sobre cada barra: estações avaliadas nesse mês. A melhor classe está em baixo.",
    ),
    "page": _text("第{page}页，共{pages}页", "第{page}頁，共{pages}頁", "Page {page} of {pages}", "Página {page} de {pages}"),
    "made": _text(
        "由 clearbay（清湾）依所列数据与规则计算",
        "由 clearbay（清灣）依所列數據與規則計算",
        "Computed by clearbay from the data and rules listed",
        "Calculado pelo clearbay a partir dos dados e normas indicados",
    ),
}


def say(key: str, language: Language, **parts: str) -> str:
    """A sentence with its parts filled in."""
    return _SAID[key][language].format(**parts)


def month(label: str, language: Language) -> str:
    """``2022-10`` as people write it: ``2022年10月``, ``October 2022``, ``Outubro de 2022``."""
    year, number = label[:4], int(label[5:7])
    if language == "en":
        return f"{_MONTHS_EN[number - 1]} {year}"
    if language == "pt":
        return f"{_MONTHS_PT[number - 1]} de {year}"
    return f"{year}年{number}月"


def number(value: float, language: Language, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with the separators of the place; a real minus sign where signs are asked for."""
    text = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
    if signed and float(text.replace(",", "")) == 0:
        text = text.lstrip("+-")
    if language == "pt":
        text = text.replace(",", " ").replace(".", ",")
    return text.replace("-", "−")


def per_cent(value: float, language: Language) -> str:
    """A share with one decimal; Portuguese sets the sign apart."""
    return f"{number(value, language, 1)}{' ' if language == 'pt' else ''}%"


def times(value: float, language: Language) -> str:
    """How many times over a limit: two figures where it is small, as bulletins print it."""
    digits = number(value, language, 2 if value < 1 else 1)
    return digits if language.startswith("zh") else f"×{digits}"


def listed(parts: list[str], language: Language) -> str:
    """Parts as a list within a sentence."""
    return ("、" if language.startswith("zh") else ", ").join(parts)


def joined(parts: list[str], language: Language) -> str:
    """Sentences one after the other, with the space that each script leaves between them."""
    return ("" if language.startswith("zh") else " ").join(part for part in parts if part)
