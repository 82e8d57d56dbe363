namespace CoreEngine.Onnx;

/// <summary>Convolutions and their transposes.</summary>
internal static class ConvolutionConversions
{
    public static void Register(ConversionTable table)
    {
        table.Add("Conv", c => c.Set(Convolution(c, c.Input(0), c.Input(1), c.OptionalInput(2))));
        table.Add("ConvTranspose", c => c.Set(Transposed(c)));
    }

    /// <summary>A convolution with the node's attributes.</summary>
    public static OnnxValue Convolution(NodeConversion c, OnnxValue x, OnnxValue weight, OnnxValue? bias)
    {
        CheckKernel(c, weight);
        var window = Window.Read(c, x, weight.Dims[2..]);
        long[] pad = [.. window.Begin];
        if (!window.Begin.SequenceEqual(window.End))
        {
            x = Padding.Spatial(c, x, window.Begin, window.End, 0);
            Array.Clear(pad);
        }

        return c.Call(
                "Convolution",
                bias is null ? [x, weight] : [x, weight, bias],
                ("kernel", NodeConversion.Tuple(window.Kernel)),
                ("stride", NodeConversion.Tuple(window.Strides)),
                ("dilate", NodeConversion.Tuple(window.Dilations)),
                ("pad", NodeConversion.Tuple(pad)),
                ("num_filter", NodeConversion.Number(weight.Dims[0])),
                ("num_group", NodeConversion.Number(c.Integer("group", 1))),
                ("no_bias", bias is null ? "True" : "False")
            )
            .As(x.ElementType, [x.Dims[0], weight.Dims[0], .. window.Output]);
    }

    private static void CheckKernel(NodeConversion c, OnnxValue weight)
    {
        if (weight.Rank < 3)
            throw c.Wrong($"the weights {weight} have no spatial axis");
        if (c.Integers("kernel_shape") is { } kernel && !weight.Dims.AsSpan(2).SequenceEqual(kernel))
            throw c.Wrong($"kernel_shape [{string.Join(",", kernel)}] is not that of the weights {weight}");
    }

    private static OnnxValue Transposed(NodeConversion c)
    {
        OnnxValue x = c.Input(0);
        OnnxValue weight = c.Input(1);
        OnnxValue? bias = c.OptionalInput(2);
        CheckKernel(c, weight);
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 3 || weight.Rank != x.Rank)
            throw c.Unsupported($"weights {weight} over {x}; images of one to three axes have a counterpart");
        long groups = c.Integer("group", 1);
        long[] kernel = weight.Dims[2..];
        long[] strides = Window.Numbers(c, "strides", spatial, 1);
        long[] dilations = Window.Numbers(c, "dilations", spatial, 1);
        long[] extra = [.. Window.Numbers(c, "output_padding", spatial, 0)];
        long[] full = new long[spatial];
        for (int i = 0; i < spatial; i++)
        {
            full[i] = (strides[i] * (x.Dims[i + 2] - 1)) + ((kernel[i] - 1) * dilations[i]) + 1 + extra[i];
        }

        (long[] begin, long[] end) = Cut(c, x, strides, full, extra);
        bool isEven = begin.SequenceEqual(end);
        long[] pad = isEven ? begin : new long[spatial];
        long[] result = [.. full.Select((extent, i) => extent - (2 * pad[i]))];
        long filters = weight.Dims[1] * groups;
        OnnxValue y = c.Call(
                "Deconvolution",
                bias is null ? [x, weight] : [x, weight, bias],
                ("kernel", NodeConversion.Tuple(kernel)),
                ("stride", NodeConversion.Tuple(strides)),
                ("dilate", NodeConversion.Tuple(dilations)),
                ("pad", NodeConversion.Tuple(pad)),
                ("adj", NodeConversion.Tuple(extra)),
                ("num_filter", NodeConversion.Number(filters)),
                ("num_group", NodeConversion.Number(groups)),
                ("no_bias", bias is null ? "True" : "False")
            )
            .As(x.ElementType, [x.Dims[0], filters, .. result]);
        for (int i = 0; !isEven && i < spatial; i++)
        {
            y = c.SliceAxis(y, i + 2, begin[i], full[i] - end[i]);
        }

        return y;
    }

    /// <summary>What is cut off the whole result on each side. A result that shall be longer gets the rest as extra positions.</summary>
    private static (long[] Begin, long[] End) Cut(
        NodeConversion c,
        OnnxValue x,
        long[] strides,
        long[] full,
        long[] extra
    )
    {
        int spatial = full.Length;
        string automatic = c.Text("auto_pad", "NOTSET");
        long[] pads = Window.Numbers(c, "pads", 2 * spatial, 0);
        long[]? wanted = c.Integers("output_shape");
        if (wanted is null && automatic is "SAME_UPPER" or "SAME_LOWER")
            wanted = [.. strides.Select((stride, i) => stride * x.Dims[i + 2])];
        if (wanted is null)
            return automatic is "VALID" ? (new long[spatial], new long[spatial]) : (pads[..spatial], pads[spatial..]);
        long[] begin = new long[spatial];
        long[] end = new long[spatial];
        wanted = wanted[^spatial..];
        for (int i = 0; i < spatial; i++)
        {
            long total = full[i] - wanted[i];
            if (total < 0)
            {
                extra[i] -= total;
                full[i] -= total;
                total = 0;
            }

            begin[i] = automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
            end[i] = total - begin[i];
        }

        return (begin, end);
    }
}
