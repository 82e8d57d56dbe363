using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>ResNet-18 of He et al. (2015), batch 8, images 224x224.</summary>
internal sealed class ResNetModel(bool asGraph) : TrainingModel(asGraph)
{
    private static readonly int[] s_widths = [64, 128, 256, 512];

    private readonly BoundOperator _norm = Bind("BatchNorm", ("fix_gamma", "False"), ("eps", "1e-5"));
    private readonly BoundOperator _maximum = Bind(
        "Pooling",
        ("pool_type", "max"),
        ("kernel", "(3,3)"),
        ("stride", "(2,2)"),
        ("pad", "(1,1)")
    );
    private readonly BoundOperator _average = Bind(
        "Pooling",
        ("pool_type", "avg"),
        ("kernel", "(1,1)"),
        ("global_pool", "True")
    );
    private readonly BoundOperator _full = Bind("FullyConnected", ("num_hidden", "1000"));
    private readonly BoundOperator _add = Bind("elemwise_add");
    private readonly List<Unit> _units = [];
    private NDArray? _fullWeight;
    private NDArray? _fullBias;
    private NDArray? _x;
    private NDArray? _y;

    protected override string Title => "ResNet-18 b8 224x224";

    protected override string Setup =>
        """
            params, stats = [], []
            def unit(filters, channels, kernel):
                params.extend([weight(filters, channels, kernel, kernel), full(1, filters), full(0, filters)])
                stats.append((torch.zeros(filters), torch.ones(filters)))
            unit(64, 3, 7)
            channels = 64
            for filters in (64, 128, 256, 512):
                for block in range(2):
                    unit(filters, channels, 3)
                    unit(filters, filters, 3)
                    if channels != filters:
                        unit(filters, channels, 1)
                    channels = filters
            params.extend([weight(1000, 512), full(0, 1000)])
            x = torch.rand(8, 3, 224, 224)
            y = torch.arange(8) * 100
            def apply(at, h, stride, pad):
                h = F.conv2d(h, params[3 * at], None, stride, pad)
                return F.batch_norm(h, *stats[at], params[3 * at + 1], params[3 * at + 2], True, 0.1, 1e-5)
            def loss_of():
                h = F.max_pool2d(F.relu(apply(0, x, 2, 3)), 3, 2, 1)
                at = 1
                for stage in range(4):
                    for block in range(2):
                        stride = 2 if stage > 0 and block == 0 else 1
                        branch = apply(at + 1, F.relu(apply(at, h, stride, 1)), 1, 1)
                        if stride == 2:
                            h = apply(at + 2, h, 2, 0)
                        at += 3 if stride == 2 else 2
                        h = F.relu(branch + h)
                return F.cross_entropy(F.linear(h.mean((2, 3)), params[-2], params[-1]), y)
            """;

    protected override void Build()
    {
        AddUnit(64, 3, 7, stride: 2);
        int channels = 64;
        foreach (int filters in s_widths)
        {
            for (int block = 0; block < 2; block++)
            {
                int stride = channels == filters ? 1 : 2;
                AddUnit(filters, channels, 3, stride);
                AddUnit(filters, filters, 3, stride: 1);
                if (stride == 2)
                {
                    AddUnit(filters, channels, 1, stride);
                }

                channels = filters;
            }
        }

        _fullWeight = Parameter([1000, 512]);
        _fullBias = Parameter([1000]);
        _x = Take("x", [8, 3, 224, 224]);
        _y = Take("y", [8]);
    }

    protected override T Loss<T>(ILayers<T> layers)
    {
        T h = layers.Call(_maximum, Relu(layers, Apply(layers, 0, layers.Of(_x!))));
        int at = 1;
        while (at < _units.Count)
        {
            T branch = Apply(layers, at + 1, Relu(layers, Apply(layers, at, h)));
            bool shrinks = _units[at].Stride == 2;
            h = Relu(layers, layers.Call(_add, branch, shrinks ? Apply(layers, at + 2, h) : h));
            at += shrinks ? 3 : 2;
        }

        T scores = layers.Call(_full, layers.Call(_average, h), layers.Of(_fullWeight!), layers.Of(_fullBias!));
        return CrossEntropy(layers, scores, _y!);
    }

    private T Apply<T>(ILayers<T> layers, int at, T x)
    {
        Unit unit = _units[at];
        T y = layers.Call(unit.Convolution, x, layers.Of(unit.Weight));
        return layers.Call(
            _norm,
            y,
            layers.Of(unit.Gamma),
            layers.Of(unit.Beta),
            layers.Of(unit.Mean),
            layers.Of(unit.Variance)
        );
    }

    private void AddUnit(int filters, int channels, int kernel, int stride)
    {
        BoundOperator convolution = Bind(
            "Convolution",
            ("num_filter", $"{filters}"),
            ("kernel", $"({kernel},{kernel})"),
            ("stride", $"({stride},{stride})"),
            ("pad", $"({kernel / 2},{kernel / 2})"),
            ("no_bias", "True")
        );
        _units.Add(
            new Unit(
                convolution,
                stride,
                Parameter([filters, channels, kernel, kernel]),
                Parameter([filters]),
                Parameter([filters]),
                NDArray.Zeros([filters]),
                NDArray.Ones([filters])
            )
        );
    }

    private sealed record Unit(
        BoundOperator Convolution,
        int Stride,
        NDArray Weight,
        NDArray Gamma,
        NDArray Beta,
        NDArray Mean,
        NDArray Variance
    );
}
