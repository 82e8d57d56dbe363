namespace CoreEngine.Onnx;

/// <summary>Where the windows of a convolution or pooling lie, one number per spatial axis.</summary>
internal sealed class Window
{
    private Window(long[] image, long[] kernel, long[] strides, long[] dilations)
    {
        Image = image;
        Kernel = kernel;
        Strides = strides;
        Dilations = dilations;
        Begin = new long[image.Length];
        End = new long[image.Length];
        Output = new long[image.Length];
    }

    /// <summary>The extents that the windows slide over, without padding.</summary>
    public long[] Image { get; }

    public long[] Kernel { get; }

    public long[] Strides { get; }

    public long[] Dilations { get; }

    /// <summary>Positions added in front.</summary>
    public long[] Begin { get; }

    /// <summary>Positions added behind, as the model asks for.</summary>
    public long[] End { get; }

    /// <summary>Number of windows.</summary>
    public long[] Output { get; }

    /// <summary>True when windows do not leave out positions.</summary>
    public bool IsDense => Dilations.All(dilation => dilation == 1);

    /// <summary>Positions behind that the last window needs: more than <see cref="End"/> when numbers are rounded up.</summary>
    public long[] NeededEnd =>
        [
            .. Image.Select(
                (extent, i) => Math.Max(End[i], ((Output[i] - 1) * Strides[i]) + Reach(i) - extent - Begin[i])
            ),
        ];

    /// <summary>Number of positions that a window spans.</summary>
    public long Reach(int axis) => ((Kernel[axis] - 1) * Dilations[axis]) + 1;

    /// <summary>Reads the attributes that all layers with windows share.</summary>
    /// <param name="c">The node.</param>
    /// <param name="x">Images: samples, channels, spatial axes.</param>
    /// <param name="kernel">The window's extents.</param>
    public static Window Read(NodeConversion c, OnnxValue x, long[] kernel)
    {
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 3 || kernel.Length != spatial)
            throw c.Unsupported(
                $"windows [{string.Join(",", kernel)}] over {x}; images of one to three axes have a counterpart"
            );
        var window = new Window(
            x.Dims[2..],
            kernel,
            Numbers(c, "strides", spatial, 1),
            Numbers(c, "dilations", spatial, 1)
        );
        window.Place(c, c.Flag("ceil_mode", false));
        return window;
    }

    /// <summary>Numbers for each spatial axis.</summary>
    public static long[] Numbers(NodeConversion c, string name, int count, long byDefault)
    {
        long[] numbers = c.Integers(name) is { Length: > 0 } given ? given : [.. Enumerable.Repeat(byDefault, count)];
        return numbers.Length == count && numbers.All(number => number >= Math.Min(byDefault, 1))
            ? numbers
            : throw c.Wrong($"the attribute '{name}' is [{string.Join(",", numbers)}]; it needs {count} numbers");
    }

    private void Place(NodeConversion c, bool roundsUp)
    {
        string automatic = c.Text("auto_pad", "NOTSET");
        long[] pads = Numbers(c, "pads", 2 * Image.Length, 0);
        for (int i = 0; i < Image.Length; i++)
        {
            if (automatic is "SAME_UPPER" or "SAME_LOWER")
            {
                Output[i] = (Image[i] + Strides[i] - 1) / Strides[i];
                long total = Math.Max(0, ((Output[i] - 1) * Strides[i]) + Reach(i) - Image[i]);
                Begin[i] = automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
                End[i] = total - Begin[i];
                continue;
            }

            if (automatic is "NOTSET" or "")
            {
                Begin[i] = pads[i];
                End[i] = pads[i + Image.Length];
            }
            else if (automatic != "VALID")
            {
                throw c.Unsupported($"auto_pad '{automatic}' is not known");
            }

            long room = Image[i] + Begin[i] + End[i] - Reach(i);
            if (room < 0)
                throw c.Wrong($"a window of {Reach(i)} positions does not fit into {Image[i] + Begin[i] + End[i]}");
            Output[i] = ((room + (roundsUp ? Strides[i] - 1 : 0)) / Strides[i]) + 1;
            // A window that would begin behind the data and the padding in front of it counts for nothing.
            if (roundsUp && (Output[i] - 1) * Strides[i] >= Image[i] + Begin[i])
                Output[i]--;
        }
    }
}
