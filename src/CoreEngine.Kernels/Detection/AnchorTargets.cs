using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// What a detector should have said: assigns labelled objects to anchor boxes (Liu et al., "SSD: Single Shot MultiBox
/// Detector", 2016). Every object first gets the free anchor that it overlaps most, then every free anchor that overlaps
/// an object enough gets that object; of the rest all, or those that look least like background, count as background.
/// </summary>
/// <param name="Batch">Number of samples.</param>
/// <param name="Anchors">Number of anchor boxes, the same for all samples.</param>
/// <param name="Labels">Most objects a sample may have.</param>
/// <param name="LabelWidth">Numbers of a label: class, left, top, right, bottom, and what else there is.</param>
/// <param name="Classes">Number of classes that predictions are given for, background (0) included.</param>
/// <param name="Threshold">From what overlap on an anchor gets an object beyond the first; 0 or less: never.</param>
/// <param name="IgnoreLabel">The class of an anchor that is neither object nor background.</param>
/// <param name="NegativeRatio">Background anchors per anchor with an object; 0 or less: all.</param>
/// <param name="NegativeThreshold">Up to what overlap an anchor may be background when they are chosen.</param>
public readonly unsafe record struct AnchorTargets(
    long Batch,
    long Anchors,
    long Labels,
    long LabelWidth,
    long Classes,
    float Threshold,
    float IgnoreLabel,
    float NegativeRatio,
    float NegativeThreshold
)
{
    /// <summary>Bytes of scratch memory that <see cref="Assign"/> needs.</summary>
    public long Scratch(DType dtype) => Batch * ScratchOfSample(dtype.ItemSize());

    // Overlaps with each object, best overlap, probability of background; which object, candidates, their order; to sort.
    private long ScratchOfSample(int itemSize) =>
        (((Anchors * ((Labels + 2) * itemSize + (3 * sizeof(long)))) + (Labels * sizeof(long)) + 63) & ~63L)
        + ((Sort.Scratch(Anchors) + 63) & ~63L);

    /// <summary>Assigns the objects of every sample.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="anchors">4 numbers per anchor: left, top, right, bottom.</param>
    /// <param name="labels">Objects of each sample; the first with class -1 ends them.</param>
    /// <param name="predictions">Scores before softmax (batch, classes, anchors).</param>
    /// <param name="variances">By what the four offsets are divided.</param>
    /// <param name="offsets">Out: where the object lies, seen from the anchor (batch, 4 anchors); 0 without one.</param>
    /// <param name="mask">Out: 1 for the offsets of anchors with an object, else 0 (batch, 4 anchors).</param>
    /// <param name="classes">Out: the object's class + 1, 0 for background, or the ignored one (batch, anchors).</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <remarks>A sample without objects has neither objects nor background: all its anchors are ignored.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Assign(
        DType dtype,
        void* anchors,
        void* labels,
        void* predictions,
        ReadOnlySpan<float> variances,
        void* offsets,
        void* mask,
        void* classes,
        void* scratch
    )
    {
        fixed (float* scales = variances)
        {
            var call = new Call
            {
                Sizes = this,
                Variances = scales,
                Anchors = anchors,
                Labels = labels,
                Predictions = predictions,
                Offsets = offsets,
                Mask = mask,
                Classes = classes,
                Scratch = (byte*)scratch,
            };
            switch (dtype)
            {
                case DType.Float32:
                    KernelTeam.Default.For(Batch, 1, &Run<float>, &call);
                    break;
                case DType.Float64:
                    KernelTeam.Default.For(Batch, 1, &Run<double>, &call);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(
                        nameof(dtype),
                        dtype,
                        "Only float32 and float64 are computed."
                    );
            }
        }
    }

    private struct Call
    {
        internal AnchorTargets Sizes;
        internal float* Variances;
        internal void* Anchors;
        internal void* Labels;
        internal void* Predictions;
        internal void* Offsets;
        internal void* Mask;
        internal void* Classes;
        internal byte* Scratch;
    }

    private static void Run<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = (Call*)state;
        for (long sample = start; sample < end; sample++)
        {
            new Sample<T>(*call, sample).Assign();
        }
    }

    /// <summary>One sample's arrays and working memory.</summary>
    private readonly struct Sample<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private const long Free = -1;

        private readonly AnchorTargets _sizes;
        private readonly Variances<T> _variances;
        private readonly T* _anchors;
        private readonly T* _labels;
        private readonly T* _predictions;
        private readonly T* _offsets;
        private readonly T* _mask;
        private readonly T* _classes;

        // By object and anchor.
        private readonly T* _overlaps;

        // By anchor: the object it has or overlaps most, by how much, and whether it has it.
        private readonly long* _objects;
        private readonly T* _best;

        // By object: the free anchor that it overlaps most.
        private readonly long* _bestAnchors;

        // Anchors that may become background, how much they look like it, and their order by that.
        private readonly long* _candidates;
        private readonly T* _background;
        private readonly long* _order;
        private readonly void* _sorting;

        internal Sample(in Call call, long sample)
        {
            _sizes = call.Sizes;
            _variances = new Variances<T>(call.Variances);
            long anchors = _sizes.Anchors;
            long labels = _sizes.Labels;
            _anchors = (T*)call.Anchors;
            _labels = (T*)call.Labels + (sample * labels * _sizes.LabelWidth);
            _predictions = (T*)call.Predictions + (sample * _sizes.Classes * anchors);
            _offsets = (T*)call.Offsets + (sample * 4 * anchors);
            _mask = (T*)call.Mask + (sample * 4 * anchors);
            _classes = (T*)call.Classes + (sample * anchors);
            long bytes = _sizes.ScratchOfSample(sizeof(T));
            byte* scratch = call.Scratch + (sample * bytes);
            _sorting = scratch + bytes - ((Sort.Scratch(anchors) + 63) & ~63L);
            _objects = (long*)scratch;
            _candidates = _objects + anchors;
            _order = _candidates + anchors;
            _bestAnchors = _order + anchors;
            _best = (T*)(_bestAnchors + labels);
            _background = _best + anchors;
            _overlaps = _background + anchors;
        }

        internal void Assign()
        {
            long anchors = _sizes.Anchors;
            T ignored = T.CreateChecked(_sizes.IgnoreLabel);
            LongRuns.Clear(_offsets, 4 * anchors);
            LongRuns.Clear(_mask, 4 * anchors);
            LongRuns.Fill(_classes, anchors, ignored);
            long objects = CountObjects();
            if (objects == 0)
                return;
            LongRuns.Fill(_objects, anchors, Free);
            MeasureOverlaps(objects);
            long positive = GiveEachObjectAnAnchor(objects) + GiveAnchorsTheirObjects(objects);
            if (_sizes.NegativeRatio > 0)
                ChooseBackground(positive);
            else
                TakeAllAsBackground();
        }

        private long CountObjects()
        {
            long count = 0;
            while (count < _sizes.Labels && _labels[count * _sizes.LabelWidth] != T.NegativeOne)
            {
                count++;
            }

            return count;
        }

        private Box<T> Anchor(long anchor) => new(_anchors + (4 * anchor));

        private void MeasureOverlaps(long objects)
        {
            for (long i = 0; i < objects; i++)
            {
                var box = new Box<T>(_labels + (i * _sizes.LabelWidth) + 1);
                T* overlaps = _overlaps + (i * _sizes.Anchors);
                for (long anchor = 0; anchor < _sizes.Anchors; anchor++)
                {
                    overlaps[anchor] = Box<T>.Overlap(Anchor(anchor), box);
                }
            }
        }

        /// <summary>The pair of object and free anchor that overlaps most, again and again.</summary>
        private long GiveEachObjectAnAnchor(long objects)
        {
            const long None = -1;
            const long Done = -2;
            for (long i = 0; i < objects; i++)
            {
                _bestAnchors[i] = BestFreeAnchor(i);
            }

            long given = 0;
            while (true)
            {
                long chosen = None;
                for (long i = 0; i < objects; i++)
                {
                    if (_bestAnchors[i] >= 0 && (chosen == None || ComesBefore(i, chosen)))
                        chosen = i;
                }

                if (chosen == None)
                    return given;
                long anchor = _bestAnchors[chosen];
                _bestAnchors[chosen] = Done;
                Take(anchor, chosen);
                given++;
                for (long i = 0; i < objects; i++)
                {
                    if (_bestAnchors[i] == anchor)
                        _bestAnchors[i] = BestFreeAnchor(i);
                }
            }
        }

        /// <summary>The more overlap the earlier; of equal overlaps the first anchor, then the first object.</summary>
        private bool ComesBefore(long candidate, long chosen)
        {
            T overlap = _overlaps[(candidate * _sizes.Anchors) + _bestAnchors[candidate]];
            T most = _overlaps[(chosen * _sizes.Anchors) + _bestAnchors[chosen]];
            return overlap > most || (overlap == most && _bestAnchors[candidate] < _bestAnchors[chosen]);
        }

        private long BestFreeAnchor(long i)
        {
            T* overlaps = _overlaps + (i * _sizes.Anchors);
            // Boxes that hardly touch are no match.
            T most = T.CreateChecked(1e-6);
            long best = -1;
            for (long anchor = 0; anchor < _sizes.Anchors; anchor++)
            {
                if (overlaps[anchor] > most && _objects[anchor] == Free)
                {
                    most = overlaps[anchor];
                    best = anchor;
                }
            }

            return best;
        }

        private long GiveAnchorsTheirObjects(long objects)
        {
            T threshold = T.CreateChecked(_sizes.Threshold);
            long given = 0;
            for (long anchor = 0; anchor < _sizes.Anchors; anchor++)
            {
                if (_objects[anchor] != Free)
                    continue;
                T most = T.NegativeOne;
                long best = 0;
                for (long i = 0; i < objects; i++)
                {
                    T overlap = _overlaps[(i * _sizes.Anchors) + anchor];
                    if (overlap > most)
                    {
                        most = overlap;
                        best = i;
                    }
                }

                _best[anchor] = most;
                if (threshold > T.Zero && most > threshold)
                {
                    Take(anchor, best);
                    given++;
                }
            }

            return given;
        }

        private void Take(long anchor, long i)
        {
            _objects[anchor] = i;
            T* label = _labels + (i * _sizes.LabelWidth);
            _classes[anchor] = label[0] + T.One;
            new Span<T>(_mask + (4 * anchor), 4).Fill(T.One);
            Anchor(anchor).Encode(new Box<T>(label + 1), _variances, _offsets + (4 * anchor));
        }

        private void TakeAllAsBackground()
        {
            for (long anchor = 0; anchor < _sizes.Anchors; anchor++)
            {
                if (_objects[anchor] == Free)
                    _classes[anchor] = T.Zero;
            }
        }

        /// <summary>Those that look least like background teach the most (hard negative mining).</summary>
        private void ChooseBackground(long positive)
        {
            long wanted = Math.Min((long)(positive * _sizes.NegativeRatio), _sizes.Anchors - positive);
            if (wanted <= 0)
                return;
            T threshold = T.CreateChecked(_sizes.NegativeThreshold);
            long count = 0;
            for (long anchor = 0; anchor < _sizes.Anchors; anchor++)
            {
                if (_objects[anchor] != Free || !(_best[anchor] < threshold))
                    continue;
                _candidates[count] = anchor;
                _background[count] = BackgroundProbability(anchor);
                count++;
            }

            long chosen = Math.Min(wanted, count);
            if (chosen == 0)
                return;
            DType dtype = DTypes.Of<T>();
            Sort.Order(dtype, _background, 1, count, 1, ascending: true, chosen, _order, _sorting);
            for (long i = 0; i < chosen; i++)
            {
                _classes[_candidates[_order[i]]] = T.Zero;
            }
        }

        private T BackgroundProbability(long anchor)
        {
            T* scores = _predictions + anchor;
            T most = scores[0];
            for (long c = 1; c < _sizes.Classes; c++)
            {
                T score = scores[c * _sizes.Anchors];
                most = score > most ? score : most;
            }

            T sum = T.Zero;
            for (long c = 0; c < _sizes.Classes; c++)
            {
                sum += T.Exp(scores[c * _sizes.Anchors] - most);
            }

            return T.Exp(scores[0] - most) / sum;
        }
    }
}
