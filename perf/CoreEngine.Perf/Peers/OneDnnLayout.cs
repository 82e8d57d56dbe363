namespace CoreEngine.Perf;

/// <summary>How the images of a primitive that works in any layout are laid out.</summary>
internal enum OneDnnLayout
{
    /// <summary>(N, C, spatial): the layout of the other side.</summary>
    Plain,

    /// <summary>Channels in blocks of eight, the blocks outside the spatial axes: what oneDNN's AVX2 convolutions pass on.</summary>
    Blocked,

    /// <summary>(N, spatial, C).</summary>
    ChannelsLast,
}
