using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>
/// One pass of a convolution in float32, or of the transposed one, which takes what the convolution gives back to what it
/// takes: its arrays, our kernel and the peer's primitive.
/// </summary>
internal sealed unsafe class ConvolutionWork : IDisposable
{
    private readonly ConvolutionPass _pass;
    private readonly ConvolutionShape _shape;
    private readonly bool _transposed;

    /// <summary>The pass of the convolution itself: a transposed one's data and results change places.</summary>
    private readonly ConvolutionPass _kernel;
    private readonly BenchArray<float> _x;
    private readonly BenchArray<float> _weight;
    private readonly BenchArray<float> _y;
    private readonly void* _scratch;

    /// <summary>The weights in the kernels' own order, as the peer has them too, made once.</summary>
    private readonly BenchArray<float>? _prepared;

    public ConvolutionWork(ConvolutionPass pass, in ConvolutionShape shape, bool transposed = false)
    {
        _pass = pass;
        _shape = shape;
        _transposed = transposed;
        _kernel = pass switch
        {
            ConvolutionPass.Forward when transposed => ConvolutionPass.BackwardData,
            ConvolutionPass.BackwardData when transposed => ConvolutionPass.Forward,
            _ => pass,
        };
        _x = new BenchArray<float>(shape.DataSize, 1);
        _weight = new BenchArray<float>(shape.WeightSize, 2);
        _y = new BenchArray<float>(shape.OutSize, 3);
        long scratch = _kernel switch
        {
            ConvolutionPass.Forward => Convolution.ForwardScratch(DType.Float32, shape, prepared: true),
            ConvolutionPass.BackwardData => Convolution.BackwardDataScratch(DType.Float32, shape),
            _ => Convolution.BackwardWeightScratch(DType.Float32, shape),
        };
        if (_kernel == ConvolutionPass.Forward)
        {
            _prepared = new BenchArray<float>(Convolution.PreparedWeightSize(shape), 4);
            Convolution.PrepareWeight(DType.Float32, shape, _weight.Data, _prepared.Data);
        }

        _scratch = NativeMemory.AlignedAlloc((nuint)Math.Max(scratch, 64), 64);
    }

    /// <summary>What the pass computes.</summary>
    public BenchArray<float> Result =>
        _kernel switch
        {
            ConvolutionPass.Forward => _y,
            ConvolutionPass.BackwardData => _x,
            _ => _weight,
        };

    /// <summary>The same in the peer's words.</summary>
    public OneDnnArg PeerResult =>
        _pass switch
        {
            ConvolutionPass.Forward => OneDnnArg.Result,
            ConvolutionPass.BackwardData => OneDnnArg.SourceGradient,
            _ => OneDnnArg.WeightsGradient,
        };

    /// <summary>Bytes of all three arrays.</summary>
    public double Bytes => sizeof(float) * (double)(_x.Length + _weight.Length + _y.Length);

    /// <summary>Our kernel.</summary>
    public void Run()
    {
        switch (_kernel)
        {
            case ConvolutionPass.Forward:
                Convolution.Fused(DType.Float32, _shape, _x.Data, _prepared!.Data, true, default, _y.Data, _scratch);
                break;
            case ConvolutionPass.BackwardData:
                Convolution.BackwardData(DType.Float32, _shape, _y.Data, _weight.Data, _x.Data, false, _scratch);
                break;
            default:
                Convolution.BackwardWeight(DType.Float32, _shape, _x.Data, _y.Data, _weight.Data, false, _scratch);
                break;
        }
    }

    /// <summary>The peer's primitive for the same arrays, taken over as they are now.</summary>
    public OneDnnPrimitive Peer() =>
        _pass switch
        {
            ConvolutionPass.Forward when _transposed => OneDnn.Deconvolution(_shape, _y.Data, _weight.Data),
            ConvolutionPass.BackwardData when _transposed => OneDnn.DeconvolutionBackwardData(
                _shape,
                _x.Data,
                _weight.Data
            ),
            _ when _transposed => OneDnn.DeconvolutionBackwardWeights(_shape, _y.Data, _x.Data),
            ConvolutionPass.Forward => OneDnn.Convolution(_shape, _x.Data, _weight.Data),
            ConvolutionPass.BackwardData => OneDnn.ConvolutionBackwardData(_shape, _y.Data, _weight.Data),
            _ => OneDnn.ConvolutionBackwardWeights(_shape, _x.Data, _y.Data),
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_scratch);
        _prepared?.Dispose();
        _x.Dispose();
        _weight.Dispose();
        _y.Dispose();
    }
}
