using System.Runtime.InteropServices;

namespace CoreEngine.Perf;

/// <summary>A prepared case of <see cref="TorchPeer"/>; disposing it frees its tensors.</summary>
internal sealed class TorchCase : IDisposable
{
    private readonly TorchPeer _peer;
    private readonly TorchRequest _prepared;
    private bool _inPassive;

    internal TorchCase(TorchPeer peer, TorchRequest prepared)
    {
        _peer = peer;
        _prepared = prepared;
    }

    /// <summary>Every way to run it with up to so many threads; <see cref="Paired"/> keeps the best.</summary>
    public IReadOnlyList<PeerVariant> Variants(int threads)
    {
        if (threads == 1)
        {
            return [Variant("1 thread", 1, _peer.Active)];
        }

        if (!_inPassive)
        {
            _peer.Passive.Ask(_prepared);
            _inPassive = true;
        }

        return
        [
            Variant("1 thread", 1, _peer.Active),
            Variant($"{threads} threads", threads, _peer.Active),
            Variant($"{threads} threads, passive", threads, _peer.Passive),
        ];
    }

    /// <summary>The value of a Python expression over the case's names, as float32.</summary>
    /// <exception cref="InvalidOperationException">Python raised an error.</exception>
    public (int[] Shape, float[] Data) Read(string expression)
    {
        TorchAnswer answer = _peer.Active.Ask(
            new TorchRequest("read") { Case = _prepared.Case, Expression = expression }
        );
        return (answer.Shape, MemoryMarshal.Cast<byte, float>(answer.Data).ToArray());
    }

    public void Dispose()
    {
        var request = new TorchRequest("drop") { Case = _prepared.Case };
        _peer.Active.Ask(request);
        if (_inPassive)
        {
            _peer.Passive.Ask(request);
        }
    }

    private PeerVariant Variant(string name, int threads, TorchProcess process) =>
        new(
            name,
            repeats =>
                process
                    .Ask(
                        new TorchRequest("run")
                        {
                            Case = _prepared.Case,
                            Threads = threads,
                            Repeats = repeats,
                        }
                    )
                    .Seconds
        );
}
