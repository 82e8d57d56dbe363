namespace CoreEngine.Perf;

/// <summary>
/// A network for inference on images of 224 x 224 with three channels, with random weights. Batch normalisation is folded
/// into the convolutions, as every runtime does before it serves a model.
/// </summary>
internal sealed class Network
{
    /// <summary>Height and width of the images.</summary>
    public const int ImageSize = 224;

    /// <summary>Channels of the images.</summary>
    public const int ImageChannels = 3;

    /// <summary>Numbers that come out for each image.</summary>
    public const int Classes = 1000;

    private const int Image = -1;

    private readonly Random _random = new(1);
    private readonly List<NetworkLayer> _layers = [];

    private Network(string name) => Name = name;

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The layers; each comes after those that it uses, the last one gives the result.</summary>
    public IReadOnlyList<NetworkLayer> Layers => _layers;

    /// <summary>ResNet-18 (He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2015).</summary>
    public static Network ResNet18()
    {
        var net = new Network("ResNet-18");
        int x = net.Convolution(Image, 64, kernel: 7, stride: 2);
        x = net.Add(new NetworkLayer(LayerKind.MaxPooling, x, 64, 64, 112) { Kernel = 3, Stride = 2 });
        foreach (int filters in (int[])[64, 128, 256, 512])
        {
            for (int block = 0; block < 2; block++)
            {
                int stride = filters > 64 && block == 0 ? 2 : 1;
                int shortcut = stride == 1 ? x : net.Convolution(x, filters, kernel: 1, stride, relu: false);
                int y = net.Convolution(x, filters, kernel: 3, stride);
                x = net.Convolution(y, filters, kernel: 3, residual: shortcut);
            }
        }

        return net.Classified(x);
    }

    /// <summary>MobileNet (Howard and others: MobileNets, 2017), of full width.</summary>
    public static Network MobileNet()
    {
        var net = new Network("MobileNet");
        int x = net.Convolution(Image, 32, kernel: 3, stride: 2);
        (int Filters, int Stride)[] pairs =
        [
            (64, 1),
            (128, 2),
            (128, 1),
            (256, 2),
            (256, 1),
            (512, 2),
            .. Enumerable.Repeat((512, 1), 5),
            (1024, 2),
            (1024, 1),
        ];
        foreach ((int filters, int stride) in pairs)
        {
            int channels = net._layers[x].Filters;
            x = net.Convolution(x, channels, kernel: 3, stride, groups: channels);
            x = net.Convolution(x, filters, kernel: 1);
        }

        return net.Classified(x);
    }

    private Network Classified(int x)
    {
        NetworkLayer last = _layers[x];
        x = Add(new NetworkLayer(LayerKind.GlobalAverage, x, last.Filters, last.Filters, last.OutputSize));
        Add(
            new NetworkLayer(LayerKind.Dense, x, last.Filters, Classes, 1)
            {
                Weight = Normal(Classes * last.Filters, last.Filters),
                Bias = Normal(Classes, Classes),
            }
        );
        return this;
    }

    private int Convolution(
        int input,
        int filters,
        int kernel,
        int stride = 1,
        int groups = 1,
        bool relu = true,
        int? residual = null
    )
    {
        (int channels, int size) =
            input == Image ? (ImageChannels, ImageSize) : (_layers[input].Filters, _layers[input].OutputSize);
        int products = channels / groups * kernel * kernel;
        return Add(
            new NetworkLayer(LayerKind.Convolution, input, channels, filters, size)
            {
                Kernel = kernel,
                Stride = stride,
                Groups = groups,
                Relu = relu,
                Residual = residual,
                Weight = Normal(filters * products, products),
                Bias = Normal(filters, filters),
            }
        );
    }

    private int Add(NetworkLayer layer)
    {
        _layers.Add(layer);
        return _layers.Count - 1;
    }

    // Of variance 2 / products, so that values neither grow nor fade from layer to layer.
    private float[] Normal(int count, int products)
    {
        double scale = Math.Sqrt(2.0 / products);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()));
            values[i] = (float)(scale * radius * Math.Cos(2 * Math.PI * _random.NextDouble()));
        }

        return values;
    }
}
