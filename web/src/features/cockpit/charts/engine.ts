// The picture library, only what is used, in a chunk of its own.
import { BarChart, MapChart } from 'echarts/charts'
import { GeoComponent, GridComponent, TitleComponent, TooltipComponent } from 'echarts/components'
import { init, registerMap, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, MapChart, GeoComponent, GridComponent, TitleComponent, TooltipComponent, SVGRenderer])

export { init, registerMap }
