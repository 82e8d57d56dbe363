using CoreEngine.Kernels;
using CoreEngine.Operators;

namespace CoreEngine.Perf;

/// <summary>A network on our operators: convolutions with fused epilogues and weights prepared beforehand.</summary>
internal sealed class NetworkRunner : IDisposable
{
    private readonly Network _network;
    private readonly NDArray _images;
    private readonly List<NDArray> _constants = [];
    private readonly (BoundOperator Operator, NDArray? Weight, NDArray? Bias)[] _steps;
    private readonly NDArray[] _results;

    public NetworkRunner(Network network, int batch, float[] images)
    {
        _network = network;
        _images = Kept(images, [batch, Network.ImageChannels, Network.ImageSize, Network.ImageSize]);
        _steps = [.. network.Layers.Select(Prepare)];
        _results = new NDArray[_steps.Length];
    }

    /// <summary>Runs the network on the images and waits for the result; a copy of it when asked.</summary>
    public float[]? Run(bool read = false)
    {
        using var scope = new ArrayScope();
        for (int i = 0; i < _steps.Length; i++)
        {
            NetworkLayer layer = _network.Layers[i];
            (BoundOperator op, NDArray? weight, NDArray? bias) = _steps[i];
            NDArray input = layer.Input < 0 ? _images : _results[layer.Input];
            _results[i] = (weight, layer.Residual) switch
            {
                (null, _) => Imperative.Call(op, input),
                (_, { } residual) => Imperative.Call(op, input, weight, bias!, _results[residual]),
                _ => Imperative.Call(op, input, weight, bias!),
            };
        }

        _results[^1].WaitToRead();
        return read ? _results[^1].ToArray<float>() : null;
    }

    public void Dispose() => _constants.ForEach(array => array.Dispose());

    private (BoundOperator Operator, NDArray? Weight, NDArray? Bias) Prepare(NetworkLayer layer) =>
        layer.Kind switch
        {
            LayerKind.Convolution => PrepareConvolution(layer),
            LayerKind.MaxPooling => (
                Bound(
                    "Pooling",
                    new PoolingParameters
                    {
                        Kind = PoolingKind.Max,
                        Kernel = [layer.Kernel, layer.Kernel],
                        Stride = [layer.Stride, layer.Stride],
                        Pad = [layer.Pad, layer.Pad],
                    }
                ),
                null,
                null
            ),
            LayerKind.GlobalAverage => (
                Bound(
                    "Pooling",
                    new PoolingParameters
                    {
                        Kind = PoolingKind.Average,
                        Kernel = [1, 1],
                        IsGlobal = true,
                    }
                ),
                null,
                null
            ),
            _ => (
                Bound("FullyConnected", new FullyConnectedParameters { Hidden = layer.Filters }),
                Kept(layer.Weight, new Shape(layer.WeightShape)),
                Kept(layer.Bias, [layer.Filters])
            ),
        };

    private (BoundOperator Operator, NDArray? Weight, NDArray? Bias) PrepareConvolution(NetworkLayer layer)
    {
        using NDArray plain = NDArray.From<float>(layer.Weight, new Shape(layer.WeightShape));
        NDArray weight = Imperative.Call(
            "_contrib_prepare_convolution_weight",
            Window(layer, new PrepareConvolutionWeightParameters { DataSize = [layer.Size, layer.Size] }),
            plain
        );
        _constants.Add(weight);
        FusedConvolutionParameters parameters = Window(
            layer,
            new FusedConvolutionParameters
            {
                Activation = layer.Relu ? ConvolutionActivation.Relu : ConvolutionActivation.None,
                WithResidual = layer.Residual is not null,
                WeightLayout = WeightLayout.Prepared,
            }
        );
        return (Bound("_contrib_fused_convolution", parameters), weight, Kept(layer.Bias, [layer.Filters]));
    }

    private static T Window<T>(NetworkLayer layer, T parameters)
        where T : WindowParameters
    {
        parameters.Kernel = [layer.Kernel, layer.Kernel];
        parameters.Stride = [layer.Stride, layer.Stride];
        parameters.Pad = [layer.Pad, layer.Pad];
        parameters.Filters = (uint)layer.Filters;
        parameters.Groups = (uint)layer.Groups;
        return parameters;
    }

    private static BoundOperator Bound(string name, IParameters parameters) =>
        OperatorRegistry.Default[name].Bind(parameters);

    private NDArray Kept(float[] values, Shape shape)
    {
        NDArray array = NDArray.From<float>(values, shape);
        _constants.Add(array);
        return array;
    }
}
